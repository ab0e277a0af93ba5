// What each reader is to get of each camera: the table of docs/reference/matrix.md.

const VIDEOS = ['H.264', 'H.265'] as const;
const TRANSPORTS = ['TCP', 'UDP', 'RTSPS'] as const;
const SOUNDS = ['none', 'G.711', 'AAC', 'Opus'] as const;
const READERS = ['Chromium', 'Firefox', 'ffmpeg', 'Chrome', 'Edge', 'Safari'] as const;

/** Browsers that cannot be run here: a peer makes an offer written after theirs. */
export const OFFERS = {
  Chrome: 'chrome-144-macos-style',
  Edge: 'edge-windows-style',
  Safari: 'safari-18-style',
} as const;

export type Reader = (typeof READERS)[number];

export interface Source {
  readonly video: (typeof VIDEOS)[number];
  readonly transport: (typeof TRANSPORTS)[number];
  readonly sound: (typeof SOUNDS)[number];
}

interface Sent {
  readonly codec: string;
  readonly converted: boolean;
}

interface Expectation {
  readonly video: Sent;
  readonly audio: Sent | undefined;
}

/** Sources that are read at the same time: those with one codec of the picture and one transport. */
export const BATCHES = VIDEOS.flatMap((video) =>
  TRANSPORTS.map((transport) => ({
    video,
    transport,
    sources: SOUNDS.map((sound): Source => ({ video, transport, sound })),
  })),
);

export const SOURCES: readonly Source[] = BATCHES.flatMap(({ sources }) => sources);

/** `h265-rtsps-aac` */
export function idOf({ video, transport, sound }: Source): string {
  return `${video}-${transport}-${sound}`.replaceAll('.', '').toLowerCase();
}

export function cellsOf(sources: readonly Source[]) {
  return sources.flatMap((source) =>
    READERS.map((reader) => ({ ...source, reader, gets: formatCell(source, reader) })),
  );
}

export function expectationOf({ video, sound }: Source, reader: Reader): Expectation {
  return { video: expectVideo(video, reader), audio: expectAudio(sound, reader) };
}

function expectVideo(video: Source['video'], reader: Reader): Sent {
  const asIs = { codec: video === 'H.264' ? 'H264' : 'H265', converted: false };
  const converted = { codec: 'H264', converted: true };
  switch (reader) {
    case 'Chromium':
    case 'Firefox':
      return video === 'H.264' ? asIs : converted;
    default:
      return asIs;
  }
}

function expectAudio(sound: Source['sound'], reader: Reader): Sent | undefined {
  switch (sound) {
    case 'none':
      return undefined;
    case 'G.711':
      return { codec: 'PCMU', converted: false };
    case 'Opus':
      return { codec: 'opus', converted: false };
    case 'AAC':
      return reader === 'ffmpeg'
        ? { codec: 'AAC', converted: false }
        : { codec: 'opus', converted: true };
  }
}

/** A Markdown table with a line for each source. */
export function formatTable(): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const head = ['picture', 'by', 'sound', ...READERS];
  return [
    line(head),
    line(head.map(() => '---')),
    ...SOURCES.map((source) => {
      const { video, transport, sound } = source;
      return line([video, transport, sound, ...READERS.map((each) => formatCell(source, each))]);
    }),
  ].join('\n');
}

/** `H264 (converted), PCMU` */
function formatCell(source: Source, reader: Reader): string {
  const { video, audio } = expectationOf(source, reader);
  const words = ({ codec, converted }: Sent) => (converted ? `${codec} (converted)` : codec);
  return audio ? `${words(video)}, ${words(audio)}` : words(video);
}
