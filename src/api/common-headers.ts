// Header lines that every answer has: what browsers may never do with it, and that it is not kept.

/** The pages load everything from here and talk only to here. */
const OWN_ONLY = [
  "default-src 'self'",
  "img-src 'self' data:",
  "media-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
];

/** Framed by nobody: a page within another could be clicked without being seen. */
export const PAGE_POLICY = [...OWN_ONLY, "frame-ancestors 'none'"].join('; ');

/** Framed by everybody: there is nothing to click on it but the picture's own buttons. */
export const EMBED_POLICY = [...OWN_ONLY, 'frame-ancestors *'].join('; ');

/** The pages put `PAGE_POLICY` in place of the policy, which lets data do nothing. */
export const commonHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};
