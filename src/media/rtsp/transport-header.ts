// The Transport header: how RTP is to come, in order of preference (RFC 2326 §12.39).
//
//   RTP/AVP/TCP;unicast;interleaved=0-1,RTP/AVP;unicast;client_port=5000-5001

/** The numbers for RTP and RTCP. */
export type TransportPair = readonly [rtp: number, rtcp: number];

export interface RtspTransport {
  readonly lower: 'TCP' | 'UDP';
  /** SRTP: `RTP/SAVP`. */
  readonly secure?: boolean;
  readonly multicast?: boolean;
  readonly interleaved?: TransportPair;
  readonly clientPort?: TransportPair;
  readonly serverPort?: TransportPair;
  /** Where packets come from, and where they go, if not to the other end of the connection. */
  readonly source?: string;
  readonly destination?: string;
  readonly ssrc?: number;
  readonly mode?: 'play' | 'record';
}

/** More ways than this nobody has. */
const MAX_ALTERNATIVES = 16;
const MAX_CHANNEL = 0xff;
const MAX_PORT = 0xffff;

/** The ways that are RTP; others, and parameters that make no sense, are left out. */
export function parseTransport(value: string): RtspTransport[] {
  return value
    .split(',', MAX_ALTERNATIVES)
    .map(parseAlternative)
    .filter((transport) => transport !== undefined);
}

export function formatTransport(transports: readonly RtspTransport[]): string {
  return transports.map(formatAlternative).join(',');
}

function parseAlternative(text: string): RtspTransport | undefined {
  const [spec = '', ...parameters] = text.split(';').map((part) => part.trim());
  const [, secure, lower = 'UDP'] = /^RTP\/(S?)AVPF?(?:\/(UDP|TCP))?$/i.exec(spec) ?? [];
  if (secure === undefined) return undefined;
  return {
    lower: lower.toUpperCase() === 'TCP' ? 'TCP' : 'UDP',
    ...(secure && { secure: true }),
    ...Object.assign({}, ...parameters.map(parseParameter)),
  };
}

function parseParameter(text: string): Partial<RtspTransport> {
  const [name = '', quoted = ''] = text.split('=', 2).map((part) => part.trim());
  const value = quoted.replace(/^"(.*)"$/, '$1');
  switch (name.toLowerCase()) {
    case 'multicast':
      return { multicast: true };
    case 'interleaved':
      return pair('interleaved', value, MAX_CHANNEL);
    case 'client_port':
      return pair('clientPort', value, MAX_PORT);
    case 'server_port':
      return pair('serverPort', value, MAX_PORT);
    case 'source':
      return value ? { source: value } : {};
    case 'destination':
      return value ? { destination: value } : {};
    case 'ssrc':
      return parseSsrc(value);
    case 'mode':
      return { mode: /^(record|receive)$/i.test(value) ? 'record' : 'play' };
    default:
      return {};
  }
}

/** A missing second number is the next one: some cameras send only the first. */
function pair(
  key: 'interleaved' | 'clientPort' | 'serverPort',
  value: string,
  max: number,
): Partial<RtspTransport> {
  const [, first, second] = /^(\d{1,5})(?:\s*-\s*(\d{1,5}))?$/.exec(value) ?? [];
  if (first === undefined) return {};
  const numbers = [
    Number(first),
    second === undefined ? Number(first) + 1 : Number(second),
  ] as const;
  return Math.max(...numbers) > max ? {} : { [key]: numbers };
}

/** Eight hexadecimal digits; some cameras pad them with spaces instead of zeros. */
function parseSsrc(value: string): Partial<RtspTransport> {
  const digits = value.replaceAll(' ', '');
  return /^[0-9a-f]{1,8}$/i.test(digits) ? { ssrc: Number.parseInt(digits, 16) } : {};
}

function formatAlternative(transport: RtspTransport): string {
  const { lower, secure, multicast, interleaved, clientPort, serverPort, ssrc } = transport;
  return [
    `RTP/${secure ? 'S' : ''}AVP${lower === 'TCP' ? '/TCP' : ''}`,
    multicast ? 'multicast' : 'unicast',
    transport.destination && `destination=${transport.destination}`,
    transport.source && `source=${transport.source}`,
    interleaved && `interleaved=${interleaved.join('-')}`,
    clientPort && `client_port=${clientPort.join('-')}`,
    serverPort && `server_port=${serverPort.join('-')}`,
    ssrc !== undefined && `ssrc=${ssrc.toString(16).toUpperCase().padStart(8, '0')}`,
    transport.mode && `mode=${transport.mode}`,
  ]
    .filter(Boolean)
    .join(';');
}
