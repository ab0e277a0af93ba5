// Reads the test clip from the files beside this one.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { UnavailableError } from '#std/errors.ts';
import { type Clip, parseClip } from './clip.ts';

const ASSETS = new URL('assets/', import.meta.url);

/** Call it once: 3 MB are read and packetized, and all test sources share the result. */
export async function loadClip(folder: URL = ASSETS): Promise<Clip> {
  const [video, audio] = await Promise.all([
    readAsset(new URL('clip.h264', folder)),
    readAsset(new URL('clip.opus', folder)),
  ]);
  return parseClip({ video, audio });
}

async function readAsset(file: URL): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new UnavailableError(
      `Cannot read the test clip ${fileURLToPath(file)}: ${String(cause)}. Make it again with: npm run clip`,
      { code: 'clip_unavailable', cause },
    );
  }
}
