// Whether there is an ffmpeg, and whether it can what we need.

import { execFile } from 'node:child_process';

const TIMEOUT_MS = 5_000;
const MAX_OUTPUT_BYTES = 2 ** 20;
/** `-fps_mode` came with it, and the passing on of marks just before. */
const MIN_VERSION = { major: 5, minor: 1 };

type FfmpegProbe =
  | { readonly version: string; readonly refusal?: undefined }
  /** Why it can't be used, in words that go on from "needs". */
  | { readonly version?: undefined; readonly refusal: string };

export function probeFfmpeg(path: string): Promise<FfmpegProbe> {
  const options = { timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES };
  return new Promise((resolve) => {
    execFile(path, ['-codecs'], options, (error, codecs, banner) => {
      resolve(error ? { refusal: describeFailure(error) } : judge(banner, codecs));
    });
  });
}

function describeFailure(error: Error & { code?: unknown }): string {
  if (error.code === 'ENOENT') return 'ffmpeg, which was not found: install it, and restart';
  return 'ffmpeg, and the one that was found does not run';
}

function judge(banner: string, codecs: string): FfmpegProbe {
  const [, version = 'of unknown version', major, minor] =
    /ffmpeg version n?((\d+)\.(\d+)\S*|\S+)/.exec(banner) ?? [];
  if (major !== undefined && isOlder(Number(major), Number(minor))) {
    return { refusal: `ffmpeg 5.1 or newer, and this is ${version}` };
  }
  if (!/^ D\S+ h264 .*\blibx264\b/m.test(codecs)) {
    return { refusal: 'ffmpeg with libx264, and this one was built without it' };
  }
  if (!/^ D\S+ hevc /m.test(codecs)) {
    return { refusal: 'ffmpeg with H.265, and this one was built without it' };
  }
  return { version };
}

function isOlder(major: number, minor: number): boolean {
  return major < MIN_VERSION.major || (major === MIN_VERSION.major && minor < MIN_VERSION.minor);
}
