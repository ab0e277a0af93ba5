// The states of a reconnecting connection, and what its owner may tell it.
//
//   idle ──connect──▶ connecting ──dial resolved──▶ connected
//                      ▲   │                            │
//       timer, wake,   │   │ failed, too late           │ lost, no heartbeat
//       retryNow       │   ▼                            │
//                     waiting ◀─────────────────────────┘
//                          │ more than `maxAttempts` in a row, or NoRetryError
//                          ▼
//                       gave-up ──connect, retryNow──▶ connecting
//
//   every state ──close──▶ closed ──connect──▶ connecting
//   connected ──retryNow──▶ connecting

/** Why the last attempt or link ended. */
export interface Failure {
  /** For people. */
  readonly reason: string;
  /** For programs: the `code` of the error, where it has one. */
  readonly code: string | null;
}

/** `attempt` counts retries in a row; 0 is the first dial or the one after a success. */
export type ConnectionState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting'; readonly attempt: number; readonly failure: Failure | null }
  | { readonly kind: 'connected'; readonly sinceMs: number }
  | {
      readonly kind: 'waiting';
      /** The attempt that comes next, from 1. */
      readonly attempt: number;
      readonly delayMs: number;
      /** On the clock's `nowMs` scale. */
      readonly retryAtMs: number;
      readonly failure: Failure;
    }
  | { readonly kind: 'gave-up'; readonly attempts: number; readonly failure: Failure }
  | { readonly kind: 'closed'; readonly reason: string };

/** Thrown by `dial` where another attempt would only do harm, such as after a wrong password. */
export class NoRetryError extends Error {
  override readonly name = 'NoRetryError';
  readonly code: string | null;

  constructor(message: string, options: { code?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = options.code ?? null;
  }
}

/** What `cause`, thrown by a dial or a ping, tells people and programs. */
export function describeFailure(cause: unknown): Failure {
  if (!(cause instanceof Error)) return { reason: String(cause), code: null };
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : null;
  return { reason: cause.message, code };
}
