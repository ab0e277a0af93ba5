// What the main thread and the sound engine's thread tell each other.

import type { Log, LogFields } from '#core/ports/log.ts';
import type {
  CaptureState,
  MeterLevels,
  SoundPlan,
  SoundReport,
} from '#core/ports/sound-engine.ts';

/** What the thread is started with. */
export interface EngineThreadData {
  /** 0: any free one. */
  readonly port: number;
  readonly arecord: string;
}

/** `close`: nothing is sent after `closed`. */
export type EngineRequest =
  | { readonly kind: 'plan'; readonly plan: SoundPlan }
  | { readonly kind: 'close' };

/** First `ready` or `refused`. */
export type EngineReply =
  | { readonly kind: 'ready'; readonly port: number }
  | { readonly kind: 'refused'; readonly systemCode: string | undefined; readonly reason: string }
  | { readonly kind: 'capture'; readonly state: CaptureState }
  | { readonly kind: 'report'; readonly report: SoundReport }
  | { readonly kind: 'meters'; readonly levels: MeterLevels }
  | ({ readonly kind: 'log' } & PostedLine)
  | { readonly kind: 'closed' };

export interface PostedLine {
  readonly level: Exclude<keyof Log, 'with'>;
  readonly message: string;
  readonly fields: LogFields;
}
