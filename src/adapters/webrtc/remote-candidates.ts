// Which of a viewer's candidates we send connectivity checks to. They are a stranger's words: each one
// taken makes us send packets to an address of its choice.

import { BlockList, isIP } from 'node:net';
import type { Candidate } from '#media/sdp/candidate.ts';

/** What serves others listens below; browsers take ports above (RFC 6335 §6). */
const FIRST_USER_PORT = 1024;

const nobody = new BlockList();
nobody.addSubnet('0.0.0.0', 8, 'ipv4');
nobody.addSubnet('224.0.0.0', 4, 'ipv4');
nobody.addSubnet('240.0.0.0', 4, 'ipv4');
nobody.addAddress('::', 'ipv6');
nobody.addSubnet('ff00::', 8, 'ipv6');

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

export function isLoopback(address: string): boolean {
  return matches(loopback, address);
}

/**
 * TCP comes to us, we never dial it. Names would each cost a lookup, `.local` ones a multicast.
 * From loopback only loopback can be reached, and from elsewhere it is nobody's business.
 */
export function isWorthChecking(candidate: Candidate, fromLoopback: boolean): boolean {
  const { protocol, address, port } = candidate;
  if (protocol !== 'udp' || port < FIRST_USER_PORT || !isIP(address)) return false;
  return (
    !address.includes('%') && !matches(nobody, address) && isLoopback(address) === fromLoopback
  );
}

function matches(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
