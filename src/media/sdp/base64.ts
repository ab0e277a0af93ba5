// Base64 (RFC 4648 §4), read laxly: session descriptions break lines in it and forget the padding.

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES = new Map(Array.from(ALPHABET, (letter, value) => [letter, value]));

export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const letters = [18, 12, 6, 0].map((shift) => ALPHABET[(group >>> shift) & 0x3f] ?? '');
    const length = Math.min(4, bytes.length - at + 1);
    text += letters.slice(0, length).join('').padEnd(4, '=');
  }
  return text;
}

/** Undefined if there is another letter in it. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const letters = text.replace(/\s+/g, '').replace(/=+$/, '');
  const bytes = new Uint8Array(Math.floor((letters.length * 3) / 4));
  let group = 0;
  let bits = 0;
  let at = 0;
  for (const letter of letters) {
    const value = VALUES.get(letter);
    if (value === undefined) return undefined;
    group = ((group << 6) | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = group >>> bits;
  }
  return bytes;
}
