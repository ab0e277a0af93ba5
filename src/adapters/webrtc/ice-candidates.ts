// The candidates of an answer: the engine's own, the extra hosts, and TCP beside UDP.

import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { type Candidate, formatCandidate, parseCandidate } from '#media/sdp/candidate.ts';
import { InputError } from '#std/errors.ts';

const RTP_COMPONENT = 1;
const HOST_PREFERENCE = 126;
/** Below every UDP candidate, relayed ones included: TCP stalls where UDP merely loses. */
const TCP_PREFERENCE = 1;

interface CandidateOptions {
  readonly port: number;
  readonly tcp: boolean;
  /** Addresses, already resolved. */
  readonly hosts: readonly string[];
}

export function completeCandidates(own: readonly string[], options: CandidateOptions): string[] {
  const udp = own.map(parseCandidate);
  const known = new Set(udp.map(({ address }) => address));
  options.hosts.forEach((address, at) => {
    if (known.has(address)) return;
    udp.push(hostCandidate(address, options.port, { protocol: 'udp', order: at }));
    known.add(address);
  });
  // A machine that has nothing but itself still has itself.
  if (udp.length === 0)
    udp.push(hostCandidate('127.0.0.1', options.port, { protocol: 'udp', order: 0 }));
  const tcp = options.tcp ? tcpBeside(udp, options.port) : [];
  return [...udp, ...tcp].map(formatCandidate);
}

/** Names are looked up once, at start: a browser takes addresses only. */
export async function resolveHosts(hosts: readonly string[]): Promise<string[]> {
  return Promise.all(hosts.map(resolveHost));
}

async function resolveHost(host: string): Promise<string> {
  if (isIP(host)) return host;
  try {
    return (await lookup(host)).address;
  } catch (cause) {
    throw new InputError(
      `Cannot resolve "${host}" of webrtc.hosts. Use an address, or a name that this machine's DNS knows.`,
      { code: 'unknown_host', cause },
    );
  }
}

function tcpBeside(udp: readonly Candidate[], port: number): Candidate[] {
  return udp
    .filter(({ type }) => type === 'host')
    .map(({ address }, order) => hostCandidate(address, port, { protocol: 'tcp', order }));
}

function hostCandidate(
  address: string,
  port: number,
  { protocol, order }: { protocol: 'udp' | 'tcp'; order: number },
): Candidate {
  const preference = protocol === 'udp' ? HOST_PREFERENCE : TCP_PREFERENCE;
  return {
    foundation: `${protocol}${order}`,
    component: RTP_COMPONENT,
    protocol,
    // RFC 8445 §5.1.2.1
    priority: preference * 2 ** 24 + (65_535 - order) * 2 ** 8 + (256 - RTP_COMPONENT),
    address,
    port,
    type: 'host',
    tcpType: protocol === 'tcp' ? 'passive' : undefined,
    relatedAddress: undefined,
    relatedPort: undefined,
  };
}
