// The fake transport keeps to what the real one keeps to.

import type { PeerState } from '#core/ports/peer-transport.ts';
import { type FakePeer, FakeTransport } from './fake-transport.ts';
import { peerTransportContract } from './peer-transport-contract.ts';

peerTransportContract('FakeTransport', {
  open: async () => new FakeTransport(),
  meet: async (transport, id) => {
    const states: PeerState[] = [];
    const rtcp: Uint8Array[] = [];
    const events = {
      onState: (state: PeerState) => states.push(state),
      onRtcp: (packet: Uint8Array) => rtcp.push(packet),
    };
    const remote = {
      ufrag: '',
      pwd: '',
      fingerprint: '',
      setup: 'actpass',
      candidates: [],
    } as const;
    const peer = (await transport.open(id, remote, events)) as FakePeer;
    peer.events.onState('connected');
    return {
      peer,
      states,
      rtcp,
      arrived: () => peer.sent.map(({ bytes }) => bytes),
      arrivedRtcp: () => peer.rtcp,
      sendBack: (packet) => {
        if (!peer.closed) peer.events.onRtcp(packet);
      },
    };
  },
});
