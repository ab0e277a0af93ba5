// Plays a clip in real time to whoever watches a fake stream.

import type { TrackFormat } from '#core/streams/track-format.ts';
import { RTP_HEADER_BYTES, writeRtpHeader } from '#media/rtp/header.ts';
import type { FakeStreams } from './fake-watching.ts';
import type { CameraClip, ClipFrame, TrackClip } from './scripted-camera/clip.ts';
import { formatPayloads } from './scripted-camera/payloads.ts';

const TICK_MS = 10;
const LIMITS = { packing: 'fragments', maxPayloadBytes: 1188 } as const;

export function formatOf(track: TrackClip): TrackFormat {
  const { encoding, clockRate } = track;
  if (track.kind === 'video') {
    return {
      kind: 'video',
      codec: track.encoding,
      clockRate: 90_000,
      parameterSets: track.parameterSets,
    };
  }
  const { channels, config } = track;
  if (encoding !== 'MPEG4-GENERIC') {
    return { kind: 'audio', codec: encoding as 'opus', clockRate, channels };
  }
  const widths = { sizeLength: 13, indexLength: 3, indexDeltaLength: 3 };
  const aac = { codec: 'AAC', packing: 'generic', config: config! } as const;
  return { kind: 'audio', clockRate, channels, ...aac, ...widths };
}

/** Until the returned function is called: each watch gets the clip from its beginning. */
export function playToWatches(streams: FakeStreams, clip: CameraClip): () => void {
  const positions = new Map<object, { startMs: number; next: number[] }>();
  const timer = setInterval(() => {
    for (const watch of streams.watches.filter(({ isPlaying }) => isPlaying)) {
      const position = positions.get(watch) ?? {
        startMs: performance.now(),
        next: clip.tracks.map(() => 0),
      };
      positions.set(watch, position);
      const elapsedMs = performance.now() - position.startMs;
      for (const [index, track] of clip.tracks.entries()) {
        for (;;) {
          const at = position.next[index]!;
          const round = Math.floor(at / track.frames.length);
          const frame = track.frames[at % track.frames.length]!;
          if (round * track.durationMs + frame.dueMs > elapsedMs) break;
          position.next[index] = at + 1;
          const roundTicks = Math.round((round * track.durationMs * track.clockRate) / 1000);
          watch.send(index, formatPackets(track, frame, roundTicks));
        }
      }
    }
  }, TICK_MS);
  return () => clearInterval(timer);
}

function formatPackets(track: TrackClip, frame: ClipFrame, roundTicks: number): Uint8Array[] {
  const payloads =
    track.kind === 'video' ? formatPayloads(track.encoding, frame.units, LIMITS) : frame.units;
  return payloads.map((payload, at) => {
    const packet = new Uint8Array(RTP_HEADER_BYTES + payload.length);
    const marker = at === payloads.length - 1;
    const timestamp = roundTicks + frame.ticks;
    writeRtpHeader(packet, { marker, payloadType: 0, sequence: 0, timestamp, ssrc: 0 });
    packet.set(payload, RTP_HEADER_BYTES);
    return packet;
  });
}
