// Which addresses a camera may have. Whoever may add a camera must not make the server talk to
// itself, to its neighbours on the link or to a cloud's metadata service.

import { InputError } from '#std/errors.ts';

interface AddressRange {
  /** 4 or 16. */
  readonly bytes: readonly number[];
  readonly prefixBits: number;
}

/** Private addresses (RFC 1918, ULA) are where cameras are; they are not in here. */
const FORBIDDEN = [
  '0.0.0.0/8',
  '127.0.0.0/8',
  // Link-local, and with it 169.254.169.254, the metadata service of most clouds.
  '169.254.0.0/16',
  // Those of Oracle (192.0.0.192) and Alibaba (100.100.100.200).
  '192.0.0.0/24',
  '100.100.100.200',
  // Multicast, reserved, broadcast.
  '224.0.0.0/3',
  '::/127',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
  // That of AWS.
  'fd00:ec2::254',
].map(parseAddressRange);

/** IPv6 addresses that stand for an IPv4 one: where in them it is. */
const EMBEDDED: readonly { readonly range: AddressRange; readonly at: number }[] = [
  { range: parseAddressRange('::ffff:0:0/96'), at: 12 },
  { range: parseAddressRange('::/96'), at: 12 },
  { range: parseAddressRange('64:ff9b::/96'), at: 12 },
  { range: parseAddressRange('2002::/16'), at: 2 },
];

/**
 * The rule for addresses that a name was resolved to. `allowed` are the exceptions: addresses or
 * ranges in CIDR notation. What is not an address in its usual form is
 * refused: 2130706433 and 0177.0.0.1 are ways around a rule, not addresses.
 */
export function createCameraAddressRule(allowed: readonly string[]): (ip: string) => boolean {
  const exceptions = allowed.map(parseAddressRange);
  return (ip) => {
    const bytes = parseIp(ip);
    if (!bytes) return false;
    const all = [bytes, ...embeddedIn(bytes)];
    if (all.some((each) => isIn(exceptions, each))) return true;
    return !all.some((each) => isIn(FORBIDDEN, each));
  };
}

/** Throws `invalid_address_range`. */
function parseAddressRange(text: string): AddressRange {
  const [, ip = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const bytes = parseIp(ip);
  const bits = (bytes?.length ?? 0) * 8;
  const prefixBits = prefix === undefined ? bits : Number(prefix);
  if (!bytes || prefixBits > bits) {
    throw new InputError(
      `"${text}" is not an address range. Write it like 10.0.0.7, 10.0.0.0/8 or fd00::/8.`,
      { code: 'invalid_address_range' },
    );
  }
  return { bytes, prefixBits };
}

function isIn(ranges: readonly AddressRange[], ip: readonly number[]): boolean {
  return ranges.some(
    ({ bytes, prefixBits }) =>
      bytes.length === ip.length &&
      bytes.every((byte, at) => {
        const bits = Math.min(8, Math.max(0, prefixBits - at * 8));
        const mask = (0xff << (8 - bits)) & 0xff;
        return ((byte ^ (ip[at] ?? 0)) & mask) === 0;
      }),
  );
}

function embeddedIn(bytes: readonly number[]): (readonly number[])[] {
  return EMBEDDED.filter(({ range }) => isIn([range], bytes)).map(({ at }) =>
    bytes.slice(at, at + 4),
  );
}

/** The bytes of an address in its usual form; an IPv6 zone (`%eth0`) does not count. */
function parseIp(text: string): number[] | undefined {
  const [ip = ''] = text.split('%', 1);
  return ip.includes(':') ? parseIpv6(ip) : parseIpv4(ip);
}

function parseIpv4(text: string): number[] | undefined {
  const parts = text.split('.');
  const isUsual = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part));
  const bytes = parts.map(Number);
  return isUsual && bytes.every((byte) => byte <= 0xff) ? bytes : undefined;
}

function parseIpv6(text: string): number[] | undefined {
  const [head = '', tail, ...more] = text.split('::');
  const before = parseGroups(head);
  const after = parseGroups(tail ?? '');
  if (!before || !after || more.length > 0) return undefined;
  const missing = 16 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 2) return undefined;
  return [...before, ...new Array<number>(missing).fill(0), ...after];
}

/** `1:2:3`, of which the last may be an IPv4 address. */
function parseGroups(text: string): number[] | undefined {
  if (text === '') return [];
  const bytes: number[] = [];
  const groups = text.split(':', 9);
  for (const [at, group] of groups.entries()) {
    const ipv4 = at === groups.length - 1 && group.includes('.') ? parseIpv4(group) : undefined;
    if (ipv4) bytes.push(...ipv4);
    else if (!/^[0-9a-f]{1,4}$/i.test(group)) return undefined;
    else bytes.push(Number.parseInt(group, 16) >>> 8, Number.parseInt(group, 16) & 0xff);
  }
  return bytes;
}
