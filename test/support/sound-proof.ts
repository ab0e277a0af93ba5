// Proves that test mode comes to a listener of PCM without a gap: each packet follows the one before, and
// each of its samples is its channel's number. It looks at each packet and keeps none.

import type { StreamConfig } from '#contract/listening.ts';
import type { HeardPacket } from './sound-listener.ts';

const MAX_PAYLOAD_BYTES = 1_122;
const SAMPLE_BYTES = 2;

interface StreamProof {
  /** What each payload begins like. */
  readonly pattern: Buffer;
  readonly frameBytes: number;
  sequence: number | undefined;
  timestamp: number;
}

export class SoundProof {
  /** Frames of the stream that is ahead. */
  frames = 0;
  /** Packets that did not come, came twice or out of order, or begin at another time than they should. */
  gaps = 0;
  wrong = 0;
  readonly #streams: ReadonlyMap<number, StreamProof>;

  /** Of L16. */
  constructor({ streams }: StreamConfig) {
    this.#streams = new Map(
      streams.map(({ ssrc, channels }) => {
        const frame = Buffer.from(channels.flatMap((id) => [0, id]));
        const pattern = Buffer.alloc(MAX_PAYLOAD_BYTES, frame);
        const frameBytes = channels.length * SAMPLE_BYTES;
        return [ssrc, { pattern, frameBytes, sequence: undefined, timestamp: 0 }];
      }),
    );
  }

  take({ ssrc, sequence, timestamp, payload }: HeardPacket): void {
    const stream = this.#streams.get(ssrc);
    if (!stream) {
      this.wrong++;
      return;
    }
    const follows = stream.sequence === sequence && stream.timestamp === timestamp;
    if (stream.sequence !== undefined && !follows) this.gaps++;
    if (stream.pattern.compare(payload, 0, payload.length, 0, payload.length) !== 0) this.wrong++;
    const frames = payload.length / stream.frameBytes;
    stream.sequence = (sequence + 1) & 0xffff;
    stream.timestamp = (timestamp + frames) >>> 0;
    this.frames += frames / this.#streams.size;
  }
}
