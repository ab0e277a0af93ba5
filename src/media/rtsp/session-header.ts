// The Session header, `id;timeout=60` (RFC 2326 §12.37), and how often such a session is kept alive.

interface SessionHeader {
  readonly id: string;
  readonly timeoutSeconds: number | undefined;
}

/** The RFC says 60 s where nothing is said; some cameras say nothing and mean 30 (retina 0.4.1). */
const DEFAULT_TIMEOUT_SECONDS = 30;
const MAX_TIMEOUT_SECONDS = 3_600;
const MIN_PERIOD_MS = 1_000;
/** Longer, and a router on the way may have forgotten the connection. */
const MAX_PERIOD_MS = 30_000;

export function parseSession(value: string): SessionHeader {
  const [id = '', ...parameters] = value.split(';').map((part) => part.trim());
  const timeout = parameters.map((part) => /^timeout\s*=\s*"?(\d+)/i.exec(part)?.[1]).find(Boolean);
  const seconds = Number(timeout ?? 0);
  const isSane = seconds > 0 && seconds <= MAX_TIMEOUT_SECONDS;
  return { id, timeoutSeconds: isSane ? seconds : undefined };
}

/** Half of the timeout, so that one lost or slow request does no harm. */
export function keepAlivePeriodMs(timeoutSeconds: number | undefined): number {
  const periodMs = ((timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1_000) / 2;
  return Math.min(MAX_PERIOD_MS, Math.max(MIN_PERIOD_MS, periodMs));
}
