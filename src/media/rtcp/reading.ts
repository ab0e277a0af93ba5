// Reads one RTCP datagram, compound or reduced-size (RFC 3550 §6.1, RFC 5506), from a peer that
// nobody trusts: it never throws, and its work is bounded by the size of the datagram.

import { readExtendedReport } from './extended-report.ts';
import { readPayloadFeedback, readTransportFeedback } from './feedback.ts';
import { readGoodbye } from './goodbye.ts';
import {
  PT_EXTENDED_REPORT,
  PT_GOODBYE,
  PT_PAYLOAD_FEEDBACK,
  PT_RECEIVER_REPORT,
  PT_SENDER_REPORT,
  PT_SOURCE_DESCRIPTION,
  PT_TRANSPORT_FEEDBACK,
  type RtcpHeader,
  readRtcpHeader,
} from './header.ts';
import { readReceiverReport } from './receiver-report.ts';
import type { RtcpReport } from './report.ts';
import { readSenderReport } from './sender-report.ts';

/** Two full receiver reports (31 blocks each) and some feedback; a viewer of two tracks sends few. */
const MAX_REPORTS = 64;
/** Of a source description: an SSRC, and the zero byte that ends the items, filled up to a word. */
const MIN_CHUNK_BYTES = 8;

interface RtcpReading {
  /** Up to the first packet that made no sense. */
  readonly reports: readonly RtcpReport[];
  /** Something did not fit, or there were more than 64 reports: the rest was not read. */
  readonly malformed: boolean;
}

export function readRtcp(datagram: Uint8Array): RtcpReading {
  const reports: RtcpReport[] = [];
  let at = 0;
  do {
    const header = readRtcpHeader(datagram, at);
    if (!header || !readPacket(header, reports)) return { reports, malformed: true };
    if (reports.length > MAX_REPORTS) {
      return { reports: reports.slice(0, MAX_REPORTS), malformed: true };
    }
    at = header.end;
  } while (at < datagram.length);
  return { reports, malformed: false };
}

/** Appends what one packet says; false if its inside does not fit its length. */
function readPacket(header: RtcpHeader, into: RtcpReport[]): boolean {
  const { packetType, count, body } = header;
  switch (packetType) {
    case PT_SENDER_REPORT:
      return readSenderReport(body, count, into);
    case PT_RECEIVER_REPORT:
      return readReceiverReport(body, count, into);
    case PT_SOURCE_DESCRIPTION:
      // Its items are not read: the length of the packet is enough to step over them.
      return body.length >= count * MIN_CHUNK_BYTES;
    case PT_GOODBYE:
      return readGoodbye(body, count, into);
    case PT_TRANSPORT_FEEDBACK:
      return readTransportFeedback(body, count, into);
    case PT_PAYLOAD_FEEDBACK:
      return readPayloadFeedback(body, count, into);
    case PT_EXTENDED_REPORT:
      return readExtendedReport(body, into);
    default:
      into.push({ type: 'unknown', pt: packetType });
      return true;
  }
}
