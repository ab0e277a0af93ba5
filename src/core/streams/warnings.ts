// What viewers of a profile will notice, and which setting of the camera would help, in words.

import type { Profile } from './profile.ts';
import type { Track } from './track.ts';

/** A viewer that lost a packet waits this long for a picture; and a recording can't be cut finer. */
const LONG_GOP_SECONDS = 5;
/** Of what came from the camera. */
const MUCH_LOSS_RATIO = 0.01;
/** Before that, a start that went badly would be blamed for ever. */
const ENOUGH_PACKETS = 1_000;

export function warningsOf({ tracks }: Profile): string[] {
  return tracks.flatMap((track) => [
    ...(track.format.kind === 'video' ? pictureWarnings(track) : []),
    ...lossWarnings(track),
  ]);
}

function pictureWarnings(track: Track): string[] {
  return [...codecWarnings(track), ...gopWarnings(track), ...faultWarnings(track)];
}

function codecWarnings({ format, reorders, picture }: Track): string[] {
  const warnings: string[] = [];
  if (reorders) {
    warnings.push(
      'It sends B-frames, which browsers show out of order: set the camera’s H.264 profile to Baseline, or its B-frames to 0.',
    );
  }
  if (format.codec === 'H265') {
    warnings.push(
      'It sends H.265, which Firefox and many other browsers cannot play by WebRTC: set it to H.264, or name an H.264 sub stream as "sub".',
    );
  }
  if (picture && picture.bitDepth > 8) {
    warnings.push(
      `It sends ${picture.bitDepth} bits a sample, which few browsers play: set it to 8.`,
    );
  }
  return warnings;
}

function gopWarnings({ gopFrames, frameRate }: Track): string[] {
  if (gopFrames === undefined || frameRate.rate === 0) return [];
  const seconds = gopFrames / frameRate.rate;
  if (seconds <= LONG_GOP_SECONDS) return [];
  return [
    `A key frame comes only every ${seconds.toFixed(0)} s: after a loss the picture waits as long. Set the I-frame interval to 1 to 2 s, and "smart codec" (H.264+, H.265+) off.`,
  ];
}

function faultWarnings({ faults }: Track): string[] {
  const found = Object.entries(faults).filter(([, count]) => count > 0);
  if (found.length === 0) return [];
  const words = found.map(([kind, count]) => `${count} × ${kind}`).join(', ');
  return [
    `Its markers or timestamps are wrong and were mended (${words}): newer firmware may help.`,
  ];
}

function lossWarnings({ counters, lost, format }: Track): string[] {
  const expected = counters.packets + lost;
  if (expected < ENOUGH_PACKETS || lost / expected < MUCH_LOSS_RATIO) return [];
  const percent = ((lost / expected) * 100).toFixed(1);
  return [
    `${percent} % of its ${format.kind} packets never arrived: the camera or the network is overloaded. Lower its bitrate, or set "transport" to tcp.`,
  ];
}
