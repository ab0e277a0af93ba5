// Which RTP streams carry a listener's channels, and their SSRCs (PRODUCT 2.5).

import type { ConsoleChannel } from '#contract/console.ts';
import type { StreamConfig } from '#contract/listening.ts';
import type { Layout } from '#contract/sound.ts';
import type { Rendition, RtpStreamPlan } from '#core/ports/sound-engine.ts';
import { groupChannels } from '#media/sound/packet-plan.ts';
import { payloadTypeOf } from '#media/sound/payload-types.ts';
import { PORTS_APART } from './delivery.ts';

interface StreamsWish {
  readonly layout: Layout;
  readonly rendition: Rendition;
  readonly channels: readonly ConsoleChannel[];
}

/** One that no listener has, and that is none of `taken`. */
export type NewSsrc = (taken: ReadonlySet<number>) => number;

/** One RTP stream, wherever it is sent to. */
export type RtpStream = Omit<RtpStreamPlan, 'port'> & {
  /** From the listener's own port: plain streams have a port each. */
  readonly portOffset: number;
};

/**
 * A stream whose packets are read as before keeps its SSRC, so that receivers need not start anew;
 * `previous` are those before.
 */
export function assignStreams(
  { layout, rendition, channels }: StreamsWish,
  previous: readonly RtpStream[],
  newSsrc: NewSsrc,
): RtpStream[] {
  const taken = new Set(previous.map(({ ssrc }) => ssrc));
  const format = { ...rendition, layout };
  const payloadType = payloadTypeOf(format);
  const ids = channels.map(({ id }) => id);
  return groupChannels(ids, format).map((group, at) => {
    const portOffset = layout === 'plain' ? at * PORTS_APART : 0;
    const stream = { payloadType, channels: group, portOffset };
    // A bundle of Opus names its channels in each packet: it may hold others.
    const isSelfDescribing = layout === 'bundle' && rendition.codec === 'opus';
    const same = previous.find((each) => readsAs(each, stream, isSelfDescribing));
    const ssrc = same?.ssrc ?? newSsrc(taken);
    taken.add(ssrc);
    return { ...stream, ssrc };
  });
}

export type StreamsView = StreamConfig['streams'];

export function viewStreams(streams: readonly RtpStream[], udpPort: number | null): StreamsView {
  return streams.map(({ payloadType, ssrc, channels, portOffset }) => ({
    payload_type: payloadType,
    ssrc,
    channels: [...channels],
    port: udpPort === null ? null : udpPort + portOffset,
  }));
}

function readsAs(
  one: Omit<RtpStream, 'ssrc'>,
  other: Omit<RtpStream, 'ssrc'>,
  isSelfDescribing: boolean,
): boolean {
  if (one.payloadType !== other.payloadType || one.portOffset !== other.portOffset) return false;
  return isSelfDescribing || String(one.channels) === String(other.channels);
}
