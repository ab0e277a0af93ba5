// Picks reports of one kind out of RTCP packets.

import { readRtcp } from '#media/rtcp/reading.ts';
import type { Goodbye, RtcpReport, SenderReport } from '#media/rtcp/report.ts';

export function readSenderReports(packets: readonly Uint8Array[]): SenderReport[] {
  return allReports(packets).filter((report) => report.type === 'sender-report');
}

export function readGoodbyes(packets: readonly Uint8Array[]): Goodbye[] {
  return allReports(packets).filter((report) => report.type === 'bye');
}

function allReports(packets: readonly Uint8Array[]): RtcpReport[] {
  return packets.flatMap((packet) => [...readRtcp(packet).reports]);
}
