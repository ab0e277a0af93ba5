// A camera's address, `rtsp://user:password@host:port/path?query` (RFC 2326 §3.2), read laxly.

import { InputError } from '#std/errors.ts';

export interface CameraAddress {
  /** `rtsps:` */
  readonly secure: boolean;
  /** A name or an address, IPv6 without its brackets. */
  readonly host: string;
  readonly port: number;
  /** Out of the address, percent-decoded; undefined where it has none. */
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** The address without user name and password: what requests name. */
  readonly uri: string;
}

const PORTS = { rtsp: 554, rtsps: 322 };
/** Of RTSP inside HTTP, which goes where web pages are. */
const TUNNEL_PORTS = { rtsp: 80, rtsps: 443 };
const MAX_ADDRESS_CHARACTERS = 2_048;

const SCHEME = /^(rtsps?):\/\//i;
const HOST = /^(?:\[([0-9a-f:.]+(?:%\w+)?)\]|([^\s[\]:/?#@]+))(?::(\d{1,5}))?$/i;
/** In queries and paths: `?user=…&password=…`, `/user=admin_password=…_channel=1`. */
const SECRETS = /(?<![a-z])(pass[a-z]*|pwd|token|secret|key|auth)=[^&;/?#_]*/gi;

/** Throws `invalid_camera_address`, whose message does not repeat the address. */
export function parseCameraAddress(
  text: string,
  { isTunnel = false }: { readonly isTunnel?: boolean } = {},
): CameraAddress {
  const [scheme = '', name = ''] = SCHEME.exec(text) ?? [];
  if (!name || text.length > MAX_ADDRESS_CHARACTERS || /[\s\0]/.test(text)) {
    throw invalid('it is not rtsp://host/path or rtsps://host/path without spaces');
  }
  const { userInfo, authority, rest } = splitAuthority(text.slice(scheme.length));
  const [, ipv6, plain, digits] = HOST.exec(authority) ?? [];
  const host = (ipv6 ?? plain ?? '').toLowerCase();
  const secure = name.toLowerCase() === 'rtsps';
  const usual = (isTunnel ? TUNNEL_PORTS : PORTS)[secure ? 'rtsps' : 'rtsp'];
  const port = digits === undefined ? usual : Number(digits);
  if (!host || port === 0 || port > 0xffff) throw invalid('its host or its port makes no sense');
  const { username, password } = parseUserInfo(userInfo);
  return { secure, host, port, username, password, uri: `${scheme}${authority}${rest}` };
}

/** What may be shown: without user name, password and what looks like one. */
export function redactCameraAddress(text: string): string {
  const [scheme = ''] = SCHEME.exec(text) ?? [];
  const { authority, rest } = splitAuthority(text.slice(scheme.length));
  return `${scheme}${authority}${rest}`.replace(SECRETS, '$1=…');
}

/**
 * Passwords often hold an unescaped `@`, `/`, `?` or `#`. What stands before the first of the last
 * three is the authority if there is a host in it. If that is a bare word, or none, and behind a
 * later `@` there is a better host, then everything before that one is user name and password.
 */
function splitAuthority(text: string): { userInfo: string; authority: string; rest: string } {
  const first = splitAt(text, text.slice(0, endOfAuthority(text, 0)).lastIndexOf('@'));
  const isBare = /^[^.:[]+(:\d+)?$/.test(first.authority);
  if (HOST.test(first.authority) && !isBare) return first;
  for (let at = text.lastIndexOf('@'); at > 0; at = text.lastIndexOf('@', at - 1)) {
    const split = splitAt(text, at);
    const isBetter = isBare ? /^[[\w-]+[.:]/.test(split.authority) : true;
    if (isBetter && HOST.test(split.authority)) return split;
  }
  return first;
}

function splitAt(text: string, at: number): ReturnType<typeof splitAuthority> {
  const end = endOfAuthority(text, at + 1);
  return {
    userInfo: text.slice(0, Math.max(0, at)),
    authority: text.slice(at + 1, end),
    rest: text.slice(end),
  };
}

function endOfAuthority(text: string, from: number): number {
  const length = text.slice(from).search(/[/?#]/);
  return length < 0 ? text.length : from + length;
}

function parseUserInfo(text: string): Pick<CameraAddress, 'username' | 'password'> {
  if (!text) return { username: undefined, password: undefined };
  const colon = text.indexOf(':');
  if (colon < 0) return { username: decodePercent(text), password: '' };
  return {
    username: decodePercent(text.slice(0, colon)),
    password: decodePercent(text.slice(colon + 1)),
  };
}

/** A `%` that begins no escape is a `%` of the password. */
function decodePercent(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    const bytes = escapes
      .slice(1)
      .split('%')
      .map((digits) => Number.parseInt(digits, 16));
    return new TextDecoder().decode(Uint8Array.from(bytes));
  });
}

function invalid(reason: string): InputError {
  return new InputError(
    `Cannot use the camera's address: ${reason}. Copy it from the camera's manual or pages.`,
    { code: 'invalid_camera_address' },
  );
}
