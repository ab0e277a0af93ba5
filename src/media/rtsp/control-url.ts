// Where requests of a session and of its tracks go: Content-Base and a=control, joined as cameras
// mean it (RFC 2326 §C.1.1).

const SCHEME = /^rtsps?:\/\//i;

/**
 * The base that the answer to DESCRIBE names, mended: `rtsp://rtsp://…` (go2rtc#830), without a
 * scheme (#1852), a path only, IPv6 without brackets (#1236). Where nothing helps, the request's URI.
 */
export function baseUrl(requestUri: string, named: string | undefined): string {
  const text = clean(named);
  if (!text) return requestUri;
  if (text.startsWith('/')) return `${originOf(requestUri)}${text}`;
  const url = SCHEME.test(text)
    ? text.replace(/^(rtsps?:\/\/)(?:rtsps?:\/\/)+/i, '$1')
    : `rtsp://${text}`;
  return hasHost(url) ? url : requestUri;
}

/** A control attribute under its base; also behind a query, where cameras look for it. */
export function controlUrl(base: string, control: string | undefined): string {
  const text = clean(control);
  if (!text || text === '*') return base;
  if (SCHEME.test(text)) return baseUrl(base, text);
  if (text.startsWith('?')) return `${base}${text}`;
  return `${base.replace(/\/$/, '')}/${text.replace(/^\//, '')}`;
}

function clean(text: string | undefined): string {
  return (text ?? '').replace(/[\s\0]/g, '');
}

function originOf(uri: string): string {
  return /^rtsps?:\/\/[^/?#]*/i.exec(uri)?.[0] ?? '';
}

function hasHost(url: string): boolean {
  const authority = originOf(url).replace(SCHEME, '');
  return /^(?:[^@]*@)?(?:\[[0-9a-f:.]+\]|[^\s[\]:@]+)(?::\d{1,5})?$/i.test(authority);
}
