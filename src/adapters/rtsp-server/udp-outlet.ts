// A reader's packets of one track by UDP.

import type { Outlet } from '#core/ports/outlet.ts';
import type { TransportPair } from '#media/rtsp/transport-header.ts';
import type { RtspCounters } from './options.ts';
import type { UdpPorts } from './udp-ports.ts';
import { writeViewerHeader } from './viewer-header.ts';

interface UdpOutletOptions {
  readonly udp: UdpPorts;
  readonly counters: RtspCounters;
  readonly address: string;
  readonly ports: TransportPair;
}

export function createUdpOutlet(options: UdpOutletOptions): Outlet {
  const { udp, counters, address, ports } = options;
  const [rtp, rtcp] = ports;
  return {
    add(packet, first, timestamp, ssrc) {
      // It leaves after this call, when the ring's bytes may be others.
      const copy = udp.slabs.copy(packet);
      writeViewerHeader(copy, 0, first, timestamp, ssrc);
      if (!udp.sendRtp(copy, rtp, address)) counters.dropped++;
    },
    addReport(packet) {
      udp.sendRtcp(packet, rtcp, address);
    },
    flush() {},
  };
}
