// Which of the transports that a client names is taken (RFC 2326 §12.39).

import type { RtspTransport, TransportPair } from '#media/rtsp/transport-header.ts';
import { plainAddress } from './remote.ts';

const MAX_CHANNEL = 0xff;
/** Below are the ports of system services, which nobody receives media on. */
const MIN_CLIENT_PORT = 1024;

type Taken =
  | { readonly lower: 'TCP'; readonly channels: TransportPair }
  | { readonly lower: 'UDP'; readonly ports: TransportPair };

/**
 * The first that is possible. UDP goes to `address`, where the request came from, and nowhere else:
 * or anybody could have a third party flooded.
 */
export function chooseTransport(
  wanted: readonly RtspTransport[],
  { address, used }: { readonly address: string; readonly used: ReadonlySet<number> },
): Taken | undefined {
  for (const transport of wanted) {
    if (transport.multicast || transport.secure) continue;
    const taken =
      transport.lower === 'TCP'
        ? takeChannels(transport.interleaved, used)
        : takePorts(transport, address);
    if (taken) return taken;
  }
  return undefined;
}

/** Those asked for if they are free, else the next pair. */
function takeChannels(
  wanted: TransportPair | undefined,
  used: ReadonlySet<number>,
): Taken | undefined {
  const isFree = ([rtp, rtcp]: TransportPair) =>
    rtp !== rtcp && !used.has(rtp) && !used.has(rtcp) && Math.max(rtp, rtcp) <= MAX_CHANNEL;
  if (wanted && isFree(wanted)) return { lower: 'TCP', channels: wanted };
  for (let rtp = 0; rtp < MAX_CHANNEL; rtp += 2) {
    if (isFree([rtp, rtp + 1])) return { lower: 'TCP', channels: [rtp, rtp + 1] };
  }
  return undefined;
}

function takePorts({ clientPort, destination }: RtspTransport, address: string): Taken | undefined {
  const isElsewhere = destination !== undefined && destination !== plainAddress(address);
  if (!clientPort || isElsewhere || Math.min(...clientPort) < MIN_CLIENT_PORT) return undefined;
  return { lower: 'UDP', ports: clientPort };
}
