// What a console source said, kept to be looked at.

import type { ConsoleFormat, ConsoleSourceSink, SoundBlock } from '#core/ports/console-source.ts';

interface RecordedBlock {
  readonly planes: readonly Float32Array[];
  readonly frames: number;
  readonly firstFrame: number;
  readonly capturedAtMs: number;
}

export class RecordingConsoleSink implements ConsoleSourceSink {
  readonly formats: ConsoleFormat[] = [];
  readonly blocks: RecordedBlock[] = [];
  readonly overruns: number[] = [];
  readonly failures: string[] = [];
  /** In the order in which they came. */
  readonly calls: ('format' | 'block' | 'overrun' | 'failed')[] = [];

  onFormat(format: ConsoleFormat): void {
    this.calls.push('format');
    this.formats.push(format);
  }

  onBlock(block: SoundBlock): void {
    const planes = block.planes.map((plane) => plane.slice(0, block.frames));
    this.calls.push('block');
    this.blocks.push({ ...block, planes });
  }

  onOverrun(lostFrames: number): void {
    this.calls.push('overrun');
    this.overruns.push(lostFrames);
  }

  onFailed(reason: string): void {
    this.calls.push('failed');
    this.failures.push(reason);
  }

  /** Of all blocks. */
  get frames(): number {
    return this.blocks.reduce((sum, block) => sum + block.frames, 0);
  }

  /** One channel's samples, from 0, of all blocks. */
  samples(channel: number): number[] {
    return this.blocks.flatMap(({ planes }) => Array.from(planes[channel] ?? []));
  }
}
