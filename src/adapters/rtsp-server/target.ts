// What an RTSP address of ours names: a stream, perhaps one of its tracks.
//
//   rtsp://host:8554/gate/trackID=1?profile=sub

interface RtspTarget {
  readonly streamId: string;
  readonly track: number | undefined;
  readonly profile: 'main' | 'sub' | undefined;
}

/** The last part of a path: ours, ffmpeg's and GStreamer's way to number tracks. */
const TRACK = /^(?:trackid|streamid|stream|track)=(\d{1,3})$/i;
const STREAM_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const ADDRESS = /^(?:rtsps?:\/\/[^/?#]*)?\/([^?#]*)(?:\?([^#]*))?/i;

/** Undefined if no stream can have this address. */
export function parseTarget(uri: string): RtspTarget | undefined {
  const [, path, query = ''] = ADDRESS.exec(uri) ?? [];
  const parts = path?.split('/').filter((part) => part !== '') ?? [];
  const [streamId = '', track] = parts;
  const [, number] = TRACK.exec(track ?? '') ?? [];
  const isKnown = parts.length === 1 || (parts.length === 2 && number !== undefined);
  if (!isKnown || !STREAM_ID.test(streamId)) return undefined;
  return {
    streamId,
    track: number === undefined ? undefined : Number(number),
    profile: readProfile(query),
  };
}

function readProfile(query: string): RtspTarget['profile'] {
  const profile = new URLSearchParams(query).get('profile');
  return profile === 'main' || profile === 'sub' ? profile : undefined;
}
