// The SDP of a listener that gets plain streams, for players (PRODUCT 2.5).

import type { Rendition } from '#core/ports/sound-engine.ts';
import { formatPlainDescription } from '#media/sdp/plain-description.ts';
import { countParts } from '#media/sound/packet-plan.ts';
import { StateError } from '#std/errors.ts';
import type { Listener } from './listener.ts';

/** Which of the server's addresses a listener reaches is not known here, and players do not ask. */
const ORIGIN = '127.0.0.1';

/** Throws `not_plain`. */
export function describePlain({ id, address, sound, sinceWallMs }: Listener): string {
  const sent = sound.plan();
  if (sound.delivery.layout !== 'plain' || !sent) {
    throw new StateError(
      `Listener "${id}" gets no plain streams. Send client_config with "layout":"plain", and GET /request-audio.`,
      { code: 'not_plain' },
    );
  }
  const names = new Map(sound.delivery.channels.map((channel) => [channel.id, channel.name]));
  const streams = sent.rtpStreams.map(({ port, payloadType, channels }) => ({
    port,
    payloadType,
    title: channels.map((channel) => names.get(channel) ?? '').join(', '),
  }));
  const { codec, sampleRate } = sent.rendition;
  return formatPlainDescription(streams, {
    sound: { codec, sampleRate, packetMs: msInPacket(sent.rendition) },
    session: {
      sessionId: String(Math.floor(sinceWallMs)),
      name: 'Yeoul',
      origin: ORIGIN,
      destination: address,
    },
  });
}

function msInPacket({ codec, sampleRate, packetMs }: Rendition): number {
  if (codec === 'opus') return packetMs;
  return packetMs / countParts(1, { codec, sampleRate, packetMs });
}
