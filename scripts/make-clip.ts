// Draws and encodes the clip of the test source (`npm run clip`): about 3 minutes, needs ffmpeg with
// libx264 and libopus.

import { writeFile } from 'node:fs/promises';
import { readOggOpus } from '#media/opus/ogg.ts';
import { formatOggOpus } from '#media/opus/ogg-writer.ts';
import { LOOP_FRAMES } from '../src/adapters/test-source/picture.ts';
import { createFilm } from './clip/canvas.ts';
import { encodeSound, encodeVideo } from './clip/encode.ts';
import { drawFrame } from './clip/frame.ts';
import { drawOverlay } from './clip/overlay.ts';
import { drawSound } from './clip/sound.ts';

const ASSETS = new URL('../src/adapters/test-source/assets/', import.meta.url);
const PACKETS_PER_LOOP = 500;
/** One before and one after the loop that is kept: its beginning then continues its end. */
const ENCODED_LOOPS = 3;

await writeFile(new URL('clip.opus', ASSETS), await makeSound());
await writeFile(new URL('clip.h264', ASSETS), await encodeVideo(drawFrames()));

function* drawFrames(): Generator<Uint8Array> {
  const overlay = createFilm(drawOverlay);
  for (let frame = 0; frame < LOOP_FRAMES; frame++) {
    if (frame % 30 === 0) process.stdout.write(`frame ${frame} of ${LOOP_FRAMES}\n`);
    yield drawFrame(frame, overlay);
  }
}

async function makeSound(): Promise<Uint8Array> {
  const encoded = readOggOpus(await encodeSound(drawSound(ENCODED_LOOPS)));
  const packets = encoded.packets.slice(PACKETS_PER_LOOP, 2 * PACKETS_PER_LOOP);
  return formatOggOpus({ ...encoded, packets }, { vendor: 'libopus', serial: 1 });
}
