// How other programs in ffmpeg's place are met: old ones, broken ones, silent ones.

import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VideoFormat } from '#core/streams/track-format.ts';
import { SilentLog } from '../../../test/support/silent-log.ts';
import { until } from '../../../test/support/until.ts';
import { packetsOf } from '../../../test/support/video-frames.ts';
import { VirtualClock } from '../../../test/support/virtual-clock.ts';
import { createFfmpegConverter } from './ffmpeg-converter.ts';
import { probeFfmpeg } from './ffmpeg-probe.ts';

const H264 = ' DEV.LS h264                 H.264 (decoders: h264 ) (encoders: libx264 libx264rgb )';
const HEVC = ' DEV.L. hevc                 H.265 / HEVC (encoders: libx265 )';
const FORMAT: VideoFormat = { kind: 'video', codec: 'H264', clockRate: 90_000, parameterSets: [] };

let folder = '';
let scripts = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stand-in-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A program that answers the probe so, and does this when it shall transcode. */
async function standIn(options: { version?: string; codecs?: string[]; run?: string }) {
  const { version = '7.1', codecs = [H264, HEVC], run = '' } = options;
  const path = join(folder, `ffmpeg-${scripts++}`);
  const lines = codecs.map((line) => `echo '${line}'`);
  const probe = [`echo 'ffmpeg version ${version} Copyright' >&2`, ...lines, 'exit 0'].join('\n');
  await writeFile(path, `#!/bin/sh\nif [ "$1" = -codecs ]; then\n${probe}\nfi\n${run}\n`);
  await chmod(path, 0o755);
  return path;
}

describe('probeFfmpeg', () => {
  test.each(['5.1', '5.1.9-0+deb12u1', '7.1', 'n6.0', '12.0', 'N-113007-g8d24a28d06'])(
    'takes version %s',
    async (version) => {
      const probe = await probeFfmpeg(await standIn({ version }));
      expect(probe.version).toBe(version.replace(/^n/, ''));
    },
  );

  test.each<[string, Parameters<typeof standIn>[0], string]>([
    ['4.3', { version: '4.3.6' }, 'ffmpeg 5.1 or newer, and this is 4.3.6'],
    ['5.0', { version: '5.0' }, 'ffmpeg 5.1 or newer, and this is 5.0'],
    [
      'a build without libx264',
      { codecs: [' DEV.LS h264    H.264 (encoders: h264_v4l2m2m )', HEVC] },
      'ffmpeg with libx264, and this one was built without it',
    ],
    [
      'a build that cannot decode H.265',
      { codecs: [H264, ' ..V.L. hevc    H.265'] },
      'ffmpeg with H.265, and this one was built without it',
    ],
  ])('refuses %s', async (_, options, refusal) => {
    expect(await probeFfmpeg(await standIn(options))).toEqual({ refusal });
  });

  test('refuses a program that does not run', async () => {
    const path = join(folder, 'broken');
    await writeFile(path, '#!/bin/sh\nexit 1\n');
    await chmod(path, 0o755);
    expect(await probeFfmpeg(path)).toEqual({
      refusal: 'ffmpeg, and the one that was found does not run',
    });
  });
});

describe('A conversion', () => {
  async function open(run: string) {
    const path = await standIn({ run });
    const clock = new VirtualClock();
    const log = new SilentLog();
    const converter = await createFfmpegConverter({ path, clock, log, maxConversions: 1 });
    const failures: string[] = [];
    const start = () =>
      converter.convert(FORMAT, 'H264', {
        ready: () => ({ write: () => {} }),
        flush: () => {},
        failed: (reason) => failures.push(reason),
      });
    return { path, clock, converter, failures, start };
  }

  const frame = (timestamp: number) =>
    packetsOf([Uint8Array.of(0x65, 1, 2, 3)], { timestamp, capturedAtMs: 0 })[0]!;

  test('fails with the last line that ffmpeg said, without what terminals would act upon', async () => {
    const { start, failures, converter } = await open(
      `printf 'first\\n[h264 @ 0x55d] The \\033[1mdecoder\\033[0m gave up\\n' >&2; exit 2`,
    );
    start();
    await until(() => failures.length > 0, { what: 'the failure' });
    expect(failures).toEqual(['ffmpeg ended with code 2: The ?[1mdecoder?[0m gave up']);
    expect(converter.refusal(FORMAT, 'H264')).toBeUndefined();
  });

  test('fails when ffmpeg puts out something else than FLV', async () => {
    const { start, failures } = await open('echo this is no moving picture; cat > /dev/null');
    const conversion = start();
    await until(() => failures.length > 0, { what: 'the failure' });
    expect(failures[0]).toMatch(/does not begin with FLV/);
    await conversion.close();
  });

  test('fails when ffmpeg has gone since it was found', async () => {
    const { path, start, failures } = await open('');
    await rm(path);
    const conversion = start();
    await until(() => failures.length > 0, { what: 'the failure' });
    expect(failures).toEqual(['ffmpeg could not be started (ENOENT)']);
    expect(conversion.cpuSeconds).toBeUndefined();
    await conversion.close();
  });

  test('fails when nothing comes out for what goes in', async () => {
    const { clock, start, failures } = await open('cat > /dev/null');
    const conversion = start();
    for (let at = 0; at < 17; at++) conversion.write(frame(at));
    clock.advance(5_000);
    expect(failures).toEqual([]);
    clock.advance(5_000);
    expect(failures).toEqual(['ffmpeg makes no pictures of what the camera sends']);
    await conversion.close();
    expect(clock.pendingTimers).toBe(0);
  });

  test('waits as long as a camera sends nothing, and a decoder may hold frames back', async () => {
    const { clock, start, failures } = await open('cat > /dev/null');
    const conversion = start();
    for (let at = 0; at < 16; at++) conversion.write(frame(at));
    clock.advance(60_000);
    expect(failures).toEqual([]);
    await conversion.close();
  });
});
