// Which stream of which server an element's attributes name.

interface StreamAddress {
  /** `https://cameras.example`, without a slash. */
  readonly server: string;
  readonly streamId: string;
}

/** Pages and protocols that have a stream's id behind them. */
const STREAM_PATH = /^\/(?:view|embed|whep|ws)\/([^/]+)\/?$/;

/**
 * `src` is an address of the server, or of a stream's page on it; `stream` is the id, where `src` does
 * not name it. Undefined: nothing to play yet, or nothing that can be.
 */
export function readAddress(
  src: string | null,
  stream: string | null,
  base: string,
): StreamAddress | undefined {
  if (src === null && stream === null) return undefined;
  if (!URL.canParse(src ?? '', base)) return undefined;
  const url = new URL(src ?? '', base);
  const streamId = stream || decode(STREAM_PATH.exec(url.pathname)?.[1]);
  const isHttp = url.protocol === 'https:' || url.protocol === 'http:';
  return streamId && isHttp ? { server: url.origin, streamId } : undefined;
}

function decode(id: string | undefined): string | undefined {
  try {
    return id === undefined ? undefined : decodeURIComponent(id);
  } catch {
    return undefined;
  }
}
