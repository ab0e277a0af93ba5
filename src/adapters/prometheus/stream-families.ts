// The metrics of streams and their tracks.

import { type StreamView, streamState, type TrackView } from '#contract/streams.ts';
import type { Family, Sample } from './text-format.ts';

type TrackFigure = readonly [name: string, help: string, read: (track: TrackView) => number | null];

const trackCounters: readonly TrackFigure[] = [
  ['packets', 'RTP packets received from the source.', (track) => track.packets],
  ['bytes', 'Bytes received from the source, RTP headers included.', (track) => track.bytes],
  ['frames', 'Frames received.', (track) => track.frames],
  ['key_frames', 'Key frames received.', (track) => track.keyFrames],
  ['lost_packets', 'Packets missing between source and server.', (track) => track.lostPackets],
  [
    'dropped_packets',
    'Packets not passed on: damaged frames until the next key frame.',
    (track) => track.droppedPackets,
  ],
  ['malformed_packets', 'Packets that could not be read.', (track) => track.malformedPackets],
];

const trackGauges: readonly TrackFigure[] = [
  ['bitrate_bits_per_second', 'Bitrate over the last second.', (track) => track.bitrateKbps * 1000],
  ['frame_rate', 'Frames in the last second.', (track) => track.frameRate],
];

export function streamFamilies(streams: readonly StreamView[]): Family[] {
  return [
    {
      name: 'yeoul_streams',
      type: 'gauge',
      help: 'Streams in each state.',
      samples: streamState.options.map((state) => ({
        labels: { state },
        value: streams.filter((stream) => stream.state === state).length,
      })),
    },
    {
      name: 'yeoul_stream_live',
      type: 'gauge',
      help: '1 while frames of the stream arrive, else 0.',
      samples: perStream(streams, (stream) => (stream.state === 'live' ? 1 : 0)),
    },
    {
      name: 'yeoul_stream_viewers',
      type: 'gauge',
      help: 'Viewers of the stream.',
      samples: perStream(streams, (stream) => stream.viewers),
    },
    ...trackFamilies(streams),
  ];
}

function perStream(
  streams: readonly StreamView[],
  read: (stream: StreamView) => number,
): readonly Sample[] {
  return streams.map((stream) => ({ labels: { stream: stream.id }, value: read(stream) }));
}

function trackFamilies(streams: readonly StreamView[]): Family[] {
  const tracks = streams.flatMap(labelTracks);
  const family = ([name, help, read]: TrackFigure, type: Family['type']): Family => ({
    name: `yeoul_stream_${name}${type === 'counter' ? '_total' : ''}`,
    type,
    help,
    samples: tracks.flatMap(({ labels, track }) => {
      const value = read(track);
      return value === null ? [] : [{ labels, value }];
    }),
  });
  return [
    ...trackCounters.map((figure) => family(figure, 'counter')),
    ...trackGauges.map((figure) => family(figure, 'gauge')),
  ];
}

/** The index keeps two tracks of one kind and codec apart. */
function labelTracks({ id, profiles }: StreamView) {
  return profiles.flatMap(({ name, tracks }) =>
    tracks.map((track, index) => ({
      labels: {
        stream: id,
        profile: name,
        track: String(index),
        kind: track.kind,
        codec: track.codec,
      },
      track,
    })),
  );
}
