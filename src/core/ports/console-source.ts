// What the sound engine gets its samples from: a card, a test console, a file.

/** Valid only during the call: the samples are written over afterwards. */
export interface SoundBlock {
  /** One per channel, each at least `frames` long, ±1. 24-bit samples are exact in 32-bit floats. */
  readonly planes: readonly Float32Array[];
  readonly frames: number;
  /** Of the first frame, counted from the source's start. What was lost counts: a jump is a gap. */
  readonly firstFrame: number;
  /** When the first frame was at the console's converter: ms since 1970 UTC, with fraction. */
  readonly capturedAtMs: number;
}

export interface ConsoleFormat {
  readonly sampleRate: number;
  readonly channels: number;
  /** As the source names it, `S32_LE`. */
  readonly name: string;
  /** What is not as it should be, for people; null if all is well. */
  readonly remark: string | null;
}

export interface ConsoleSourceSink {
  /** Before the first block, and before the first one after each restart. */
  onFormat(format: ConsoleFormat): void;
  onBlock(block: SoundBlock): void;
  /** Samples were lost before the next block. */
  onOverrun(lostFrames: number): void;
  /** It stopped, for this reason, and will try again by itself. */
  onFailed(reason: string): void;
}

/** Tries again by itself until it is closed. */
export interface ConsoleSource {
  start(sink: ConsoleSourceSink): void;
  /** Idempotent; after it resolves the sink is not called any more. */
  close(): Promise<void>;
}
