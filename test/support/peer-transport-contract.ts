// What every peer transport keeps to. The engine's test and the fake's run this, so that what the rules
// are tested with behaves like what they run with.

import { expect, test } from 'vitest';
import type { Peer, PeerState, PeerTransport, SendBatch } from '#core/ports/peer-transport.ts';
import { formatPli } from '#media/rtcp/feedback.ts';
import { readRtcp } from '#media/rtcp/reading.ts';
import { formatSenderReport } from '#media/rtcp/sender-report.ts';
import { rtpPacket } from './rtp-packets.ts';
import { until } from './until.ts';

/** A peer that is connected, with what its far end sees. */
interface MetPeer {
  readonly peer: Peer;
  readonly states: PeerState[];
  /** RTCP that came from the far end. */
  readonly rtcp: Uint8Array[];
  /** RTP packets that arrived there. */
  arrived(): readonly Uint8Array[];
  /** RTCP packets that arrived there. */
  arrivedRtcp(): readonly Uint8Array[];
  /** Sends RTCP from there. */
  sendBack(packet: Uint8Array): void;
}

interface TransportHarness {
  open(): Promise<PeerTransport>;
  meet(transport: PeerTransport, id: string): Promise<MetPeer>;
}

export const CONTRACT_SSRC = 0x1111;
const PAYLOAD_TYPE = 96;

export function batchOf(peers: readonly Peer[], packet: Uint8Array, sequence: number): SendBatch {
  const headers = new Uint32Array(peers.length * 3);
  for (const row of peers.keys()) {
    headers.set([(0x80 << 16) | (PAYLOAD_TYPE << 16) | sequence, 90_000, CONTRACT_SSRC], row * 3);
  }
  return { length: peers.length, peers: [...peers], packets: peers.map(() => packet), headers };
}

export function peerTransportContract(name: string, { open, meet }: TransportHarness): void {
  const packet = () => rtpPacket(Uint8Array.of(0x65, 1, 2, 3), { sequence: 9, timestamp: 9 });

  test(`${name} sends one packet to many peers, each under its own header, copied`, async () => {
    const transport = await open();
    const one = await meet(transport, 'one');
    const two = await meet(transport, 'two');
    const shared = packet();
    const batch = batchOf([one.peer, two.peer], shared, 500);
    batch.headers[3] = (PAYLOAD_TYPE << 16) | 700;
    transport.send(batch);
    shared.fill(0);
    await until(() => one.arrived().length + two.arrived().length === 2, { what: 'both packets' });
    const [first, second] = [one.arrived()[0]!, two.arrived()[0]!];
    expect([...first.subarray(1, 4)]).toEqual([0x80 | PAYLOAD_TYPE, 500 >> 8, 500 & 0xff]);
    expect([...second.subarray(1, 4)]).toEqual([PAYLOAD_TYPE, 700 >> 8, 700 & 0xff]);
    expect([...first.subarray(4, 12)]).toEqual([0, 1, 0x5f, 0x90, 0, 0, 0x11, 0x11]);
    expect([...first.subarray(12)]).toEqual([0x65, 1, 2, 3]);
  });

  test(`${name} sends the rows below the batch's length and no more`, async () => {
    const transport = await open();
    const { peer, arrived } = await meet(transport, 'one');
    const batch = batchOf([peer, peer, peer], packet(), 10);
    for (const row of [1, 2]) batch.headers[row * 3] = (PAYLOAD_TYPE << 16) | (10 + row);
    transport.send({ ...batch, length: 2 });
    transport.send(batchOf([peer], packet(), 13));
    await until(() => arrived().some((bytes) => bytes[3] === 13), { what: 'the last packet' });
    expect(arrived().map((bytes) => bytes[3])).toEqual([10, 11, 13]);
  });

  test(`${name} carries RTCP both ways`, async () => {
    const transport = await open();
    const { peer, rtcp, arrivedRtcp, sendBack } = await meet(transport, 'one');
    const report = {
      ssrc: CONTRACT_SSRC,
      ntpMs: 1,
      rtpTimestamp: 2,
      packetCount: 3,
      octetCount: 4,
    };
    peer.sendRtcp(formatSenderReport({ ...report, cname: 'c' }));
    await until(() => arrivedRtcp().length > 0, { what: 'the sender report' });
    const [seen] = readRtcp(arrivedRtcp()[0]!).reports;
    expect(seen).toMatchObject({ type: 'sender-report', packetCount: 3 });
    sendBack(formatPli(1, CONTRACT_SSRC));
    await until(() => rtcp.length > 0, { what: 'the PLI' });
    expect(readRtcp(rtcp[0]!).reports[0]).toMatchObject({ type: 'pli', mediaSsrc: CONTRACT_SSRC });
  });

  test(`${name} lets a closed peer say and send nothing, and the others go on`, async () => {
    const transport = await open();
    const gone = await meet(transport, 'gone');
    const other = await meet(transport, 'other');
    gone.peer.close();
    gone.peer.close();
    const told = gone.states.length;
    gone.sendBack(formatPli(1, CONTRACT_SSRC));
    gone.peer.sendRtcp(formatPli(1, CONTRACT_SSRC));
    transport.send(batchOf([gone.peer, other.peer], packet(), 1));
    await until(() => other.arrived().length === 1, { what: 'the other peer to be served' });
    expect(gone.states).toHaveLength(told);
    expect(gone.rtcp).toHaveLength(0);
    expect(gone.arrived()).toHaveLength(0);
    expect(gone.arrivedRtcp()).toHaveLength(0);
    expect(gone.peer.path()).toBeUndefined();
  });

  test(`${name} knows how a connected peer is reached`, async () => {
    const { peer } = await meet(await open(), 'one');
    expect(peer.path()).toMatchObject({ protocol: 'udp', remote: expect.stringMatching(/:\d+$/) });
  });

  test(`${name} opens nothing after it is closed, and can be closed again`, async () => {
    const transport = await open();
    const { peer } = await meet(transport, 'one');
    const { ufrag, pwd, fingerprint } = peer.local;
    await transport.close();
    await transport.close();
    const remote = { ufrag, pwd, fingerprint, setup: 'actpass' as const, candidates: [] };
    const opened = transport.open('late', remote, { onState: () => {}, onRtcp: () => {} });
    await expect(opened).rejects.toThrow(/closed/);
    expect(peer.path()).toBeUndefined();
  });
}
