// H.265 into H.264, and H.264 with B-frames into H.264 without, by ffmpeg processes.

import type { Converter } from '#core/ports/converter.ts';
import type { Log } from '#core/ports/log.ts';
import type { Clock } from '#std/clock.ts';
import { assert } from '#std/errors.ts';
import { FfmpegConversion } from './ffmpeg-conversion.ts';
import { probeFfmpeg } from './ffmpeg-probe.ts';

interface FfmpegOptions {
  /** A name to be found in `PATH`, or a path. */
  readonly path: string;
  readonly clock: Clock;
  readonly log: Log;
  /** How many processes there may be at a time. */
  readonly maxConversions: number;
}

/** Looks once whether there is an ffmpeg; without one it refuses everything, in words. */
export async function createFfmpegConverter(options: FfmpegOptions): Promise<Converter> {
  const { path, clock, log, maxConversions } = options;
  const probe = await probeFfmpeg(path);
  const running = new Set<FfmpegConversion>();
  if (probe.refusal === undefined) log.info('Transcoder found', { ffmpeg: probe.version });
  else log.info('No transcoder', { needed: probe.refusal });

  const refusal: Converter['refusal'] = (from, to) => {
    if (from.kind !== 'video' || to !== 'H264') {
      return `there is no conversion of ${from.codec} to ${to}`;
    }
    if (probe.refusal !== undefined) return `transcoding needs ${probe.refusal}`;
    if (running.size < maxConversions) return undefined;
    return `all ${maxConversions} places for transcoding are taken`;
  };

  return {
    refusal,
    convert(from, to, sink) {
      assert(from.kind === 'video' && !refusal(from, to), 'only what is not refused is converted');
      const conversion = new FfmpegConversion(from, sink, { path, clock, onEnd: leave });
      running.add(conversion);
      log.info('Transcoding started', { from: from.codec, to, pid: conversion.pid });
      return conversion;
    },
  };

  function leave(conversion: FfmpegConversion): void {
    running.delete(conversion);
    const { pid, frames, dropped, cpuSeconds } = conversion;
    log.info('Transcoding ended', { pid, frames, dropped, cpuSeconds });
  }
}
