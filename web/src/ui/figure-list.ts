// Which figures the panel shows, in what groups, and how each is read from a player.

import type { PlayerView } from '../players/whep-player.ts';
import { formatBitrate, formatBytes, formatCount, formatMs, formatPercent } from './format.ts';
import type { Words } from './words.ts';

export type FigureName = keyof Words['figure'];

export interface Figure {
  readonly name: FigureName;
  readonly read: (view: PlayerView) => number | string | null | undefined;
  /** For numbers; texts are shown as they are. */
  readonly format?: (value: number) => string;
}

interface FigureGroup {
  readonly title: 'picture' | 'time' | 'network';
  readonly figures: readonly Figure[];
}

/** Shown large, with their last minute. */
export const headFigures: readonly Figure[] = [
  { name: 'frame-age', read: (view) => (view.picture ? view.frameAgeMs : null), format: formatMs },
  { name: 'bitrate', read: (view) => view.figures?.bitrateKbps, format: formatBitrate },
];

export const figureGroups: readonly FigureGroup[] = [
  {
    title: 'time',
    figures: [
      { name: 'first-frame', read: (view) => view.firstFrameMs, format: formatMs },
      { name: 'rtt', read: (view) => view.figures?.rttMs, format: formatMs },
      { name: 'jitter-buffer', read: (view) => view.figures?.jitterBufferMs, format: formatMs },
    ],
  },
  {
    title: 'picture',
    figures: [
      { name: 'codec', read: readCodec },
      { name: 'resolution', read: readResolution },
      {
        name: 'fps',
        read: (view) => view.figures?.framesPerSecond,
        format: (fps) => fps.toFixed(1),
      },
      { name: 'frames', read: (view) => view.figures?.framesDecoded, format: formatCount },
      { name: 'dropped', read: (view) => view.figures?.framesDropped, format: formatCount },
      { name: 'freezes', read: (view) => view.figures?.freezes, format: formatCount },
    ],
  },
  {
    title: 'network',
    figures: [
      { name: 'loss', read: (view) => view.figures?.lossPercent, format: formatPercent },
      { name: 'lost', read: (view) => view.figures?.packetsLost, format: formatCount },
      { name: 'packets', read: (view) => view.figures?.packets, format: formatCount },
      { name: 'bytes', read: (view) => view.figures?.bytes, format: formatBytes },
      { name: 'transport', read: (view) => view.figures?.transport?.toUpperCase() },
    ],
  },
];

function readCodec({ figures }: PlayerView): string | null {
  const codecs = [figures?.codec, figures?.audioCodec].filter((codec) => codec);
  return codecs.length === 0 ? null : codecs.join(' + ');
}

function readResolution({ figures }: PlayerView): string | null {
  return figures?.width && figures.height ? `${figures.width} × ${figures.height}` : null;
}
