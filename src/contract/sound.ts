// The words of a console's sound: channels, codecs, rates, packet times, layouts (PRODUCT 2.4, 2.5).

import { z } from 'zod';

/** A Midas M32 or Behringer X32 has as many USB channels. */
export const CONSOLE_CHANNELS = 32;
/** What consoles allow. */
export const MAX_CHANNEL_NAME_CHARACTERS = 32;

/** From best to worst; the server steps along it. */
export const SAMPLE_RATES = [48_000, 44_100, 32_000, 24_000] as const;
export const PACKET_TIMES_MS = [2.5, 5, 10, 20] as const;

const RATE = `must be one of ${SAMPLE_RATES.join(', ')}`;
export const sampleRate = z.literal([...SAMPLE_RATES], { error: RATE });

const PACKET_TIME = `must be one of ${PACKET_TIMES_MS.join(', ')}`;
export const packetTimeMs = z.literal([...PACKET_TIMES_MS], { error: PACKET_TIME });

export const compression = z
  .enum(['opus', 'pcm', 'pcm24'], { error: 'must be opus, pcm or pcm24' })
  .describe('`pcm` is L16, `pcm24` is L24.');

export const layout = z
  .enum(['bundle', 'plain'], { error: 'must be bundle or plain' })
  .describe('`bundle`: all channels in few packets. `plain`: what any RTP player takes.');

const CHANNEL = `must be a channel from 1 to ${CONSOLE_CHANNELS}`;
export const channelId = z
  .int({ error: CHANNEL })
  .min(1, { error: CHANNEL })
  .max(CONSOLE_CHANNELS, { error: CHANNEL });

/** One RTP stream of a listener. */
export const rtpStreamView = z
  .object({
    payload_type: z.int(),
    ssrc: z.int(),
    channels: z
      .array(channelId)
      .describe('In the order of the samples in a PCM packet, or of the entries in a bundle.'),
    port: z.int().nullable().describe('Where it is sent to, once that is known.'),
  })
  .meta({ id: 'RtpStream' });

export type SampleRate = z.infer<typeof sampleRate>;
export type PacketTimeMs = z.infer<typeof packetTimeMs>;
export type Compression = z.infer<typeof compression>;
export type Layout = z.infer<typeof layout>;
