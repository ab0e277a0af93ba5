// The session description that the engine gets to see: one section, whatever the browser offered.
//
// The engine is used as a transport only. It is told of a single media section, the "pump": then it
// passes every packet in both directions as it is, without looking for the section that it belongs to.

import type { LocalTransport, RemoteTransport } from '#core/ports/peer-transport.ts';

export const PUMP_MID = 'pump';
/** Any number does: the engine sends what it is given. */
export const PUMP_PAYLOAD_TYPE = 96;

export function writePumpOffer(remote: RemoteTransport): string {
  const lines = [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${PUMP_MID}`,
    `m=video 9 UDP/TLS/RTP/SAVPF ${PUMP_PAYLOAD_TYPE}`,
    'c=IN IP4 0.0.0.0',
    `a=mid:${PUMP_MID}`,
    'a=sendrecv',
    'a=rtcp-mux',
    `a=rtpmap:${PUMP_PAYLOAD_TYPE} H264/90000`,
    `a=ice-ufrag:${remote.ufrag}`,
    `a=ice-pwd:${remote.pwd}`,
    'a=ice-options:trickle',
    `a=fingerprint:${remote.fingerprint}`,
    `a=setup:${remote.setup}`,
  ];
  return `${lines.join('\r\n')}\r\n`;
}

/** Takes the transport's parameters out of the engine's answer. */
export function readPumpAnswer(sdp: string): LocalTransport {
  const values = (name: string) =>
    Array.from(sdp.matchAll(new RegExp(`^a=${name}:(.*?)\\r?$`, 'gm')), ([, value]) => value ?? '');
  const value = (name: string) => values(name)[0] ?? '';
  return {
    ufrag: value('ice-ufrag'),
    pwd: value('ice-pwd'),
    fingerprint: value('fingerprint'),
    setup: value('setup') === 'passive' ? 'passive' : 'active',
    candidates: values('candidate').map((candidate) => `candidate:${candidate}`),
  };
}
