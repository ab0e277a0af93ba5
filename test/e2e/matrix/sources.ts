// The 24 cameras of the matrix: each codec of the picture by each transport with each kind of sound.

import { makeClip } from '../../support/scripted-camera/make-clip.ts';
import {
  openScriptedCamera,
  type ScriptedCamera,
} from '../../support/scripted-camera/scripted-camera.ts';
import { idOf, SOURCES, type Source } from './expectations.ts';
import { GOP_FRAMES } from './frame-digests.ts';

const CLIP = {
  width: 320,
  height: 180,
  framesPerSecond: 15,
  gopFrames: GOP_FRAMES,
  bitrateKbps: 200,
};
const ENCODINGS = { 'H.264': 'H264', 'H.265': 'H265' } as const;
const SOUNDS = { none: 'none', 'G.711': 'pcmu', AAC: 'aac-16k', Opus: 'opus' } as const;

export function clipOf({ video, sound }: Pick<Source, 'video' | 'sound'>) {
  return makeClip({ ...CLIP, video: ENCODINGS[video], audio: SOUNDS[sound] });
}

export interface Cameras {
  /** `streams:` of the configuration file. */
  readonly yaml: string;
  close(): Promise<void>;
}

export async function openCameras(): Promise<Cameras> {
  const cameras: ScriptedCamera[] = [];
  const lines: string[] = [];
  for (const source of SOURCES) {
    const camera = await openScriptedCamera({
      clip: await clipOf(source),
      tls: source.transport === 'RTSPS',
      transports: [source.transport === 'UDP' ? 'udp' : 'tcp'],
    });
    cameras.push(camera);
    lines.push(`  ${idOf(source)}: ${settingsOf(source, camera)}`);
  }
  const close = async () => void (await Promise.all(cameras.map((camera) => camera.close())));
  return { yaml: `streams:\n${lines.join('\n')}\n`, close };
}

function settingsOf({ transport }: Source, { address, fingerprint }: ScriptedCamera): string {
  return JSON.stringify({
    source: address,
    transport: transport === 'UDP' ? 'udp' : 'tcp',
    ...(fingerprint === undefined ? {} : { fingerprint }),
  });
}
