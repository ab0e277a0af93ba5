// A scripted camera, a virtual clock and a plain client, for the camera's own tests.

import { onTestFinished } from 'vitest';
import { payloadStart, readMarker, readSequence, readTimestamp } from '#media/rtp/header.ts';
import { openRtspClient, type PlainRtspClient } from '../plain-rtsp-client.ts';
import { until } from '../until.ts';
import { VirtualClock } from '../virtual-clock.ts';
import type { Behaviour } from './behaviour.ts';
import { type ClipRequest, makeClip } from './make-clip.ts';
import { openScriptedCamera, type ScriptedCamera } from './scripted-camera.ts';

export const TCP = { Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1' };

interface Stage {
  readonly clock: VirtualClock;
  readonly camera: ScriptedCamera;
  readonly client: PlainRtspClient;
  /** RTP packets that the test has looked at. */
  taken: number;
}

export async function setStage(
  behaviour: Partial<Behaviour> = {},
  clip: Partial<ClipRequest> = {},
): Promise<Stage> {
  const clock = new VirtualClock();
  const camera = await openScriptedCamera({ clip: await makeClip(clip), clock, ...behaviour });
  onTestFinished(() => camera.close());
  return { clock, camera, client: await connect(camera), taken: 0 };
}

export async function connect(camera: { readonly address: string }): Promise<PlainRtspClient> {
  const client = await openRtspClient(camera.address);
  onTestFinished(() => client.close());
  return client;
}

/** Goes as far as PLAY with the first track. */
export async function play({ client }: Pick<Stage, 'client'>): Promise<void> {
  await client.ask('DESCRIBE');
  await client.ask('SETUP', '/trackID=0', TCP);
  await client.ask('PLAY');
}

/** What has come since the last call, and comes in the next `durationMs`; RTP only. */
export async function receive(stage: Stage, durationMs: number): Promise<Uint8Array[]> {
  const { clock, camera, client } = stage;
  clock.advance(durationMs);
  const sent = camera.counters.packets[0] ?? 0;
  await until(() => client.framesOf(0).length >= sent, { what: 'what was sent' });
  const from = stage.taken;
  stage.taken = sent;
  return client.framesOf(0).slice(from);
}

export function nalTypes(packets: readonly Uint8Array[]): number[] {
  return packets.map((packet) => packet[payloadStart(packet)]! & 0x1f);
}

export function steps(packets: readonly Uint8Array[]): number[] {
  const numbers = packets.map(readSequence);
  return numbers.slice(1).map((number, at) => (number - numbers[at]!) & 0xffff);
}

export function frameSteps(packets: readonly Uint8Array[]): number[] {
  const times = packets.filter(readMarker).map(readTimestamp);
  return times.slice(1).map((time, at) => (time - times[at]!) | 0);
}
