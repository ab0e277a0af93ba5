// What one reader got of one stream, whatever it read it with.

/** Where there is something of it. */
interface ReceivedVideo {
  /** `H264`, `H265` */
  readonly codec: string;
  readonly frames: number;
  readonly lost: number;
}

interface ReceivedAudio {
  /** `PCMU`, `AAC`, `opus` */
  readonly codec: string;
  /** Packets at those who play it, frames at those who decode it. */
  readonly frames: number;
  readonly lost: number;
  /** Something else than silence was in it; only where it was decoded. */
  readonly sounds: boolean | undefined;
}

export interface Receipt {
  readonly video?: ReceivedVideo | undefined;
  readonly audio?: ReceivedAudio | undefined;
  /** Why it got this, in the server's words. */
  readonly words?: string | undefined;
  /** What the server said instead of giving anything. */
  readonly refusal?: { readonly code: string; readonly detail: string } | undefined;
  /** Frames that are not those of the clip, and what the decoder complained about. */
  readonly faults?: readonly string[];
}
