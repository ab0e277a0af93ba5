// The errors of the project, sorted by whose fault they are. One function at each rim maps them to
// codes and statuses; a message names the thing, the reason and the remedy.

/** Their fault: what they sent makes no sense. Retrying the same thing will not help. */
export class InputError extends Error {
  override readonly name: string = 'InputError';
  /** Stable, machine-readable: `invalid_sdp`, `unknown_key`. */
  readonly code: string;

  constructor(message: string, options: { code?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = options.code ?? 'invalid_input';
  }
}

/** The thing they asked for does not exist. */
export class NotFoundError extends InputError {
  override readonly name = 'NotFoundError';
}

/** Right request, wrong moment. */
export class StateError extends InputError {
  override readonly name = 'StateError';
}

/** The world's fault: a camera, a disk, a port. Retrying later may help. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
  readonly code: string;

  constructor(message: string, options: { code?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = options.code ?? 'unavailable';
  }
}

/** What you are using has been closed. */
export class ClosedError extends Error {
  override readonly name = 'ClosedError';
}

/** Nobody answered in time. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/** Our bug: an invariant does not hold. The session that met it dies, not the server. */
class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

export function assert(condition: unknown, invariant: string): asserts condition {
  if (!condition) throw new AssertionError(`invariant broken: ${invariant}`);
}
