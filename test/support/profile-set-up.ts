// One profile with a fake camera behind it, on a virtual clock.

import { OpenGate } from '#core/streams/open-gate.ts';
import { Profile, type ProfileSpec } from '#core/streams/profile.ts';
import type { Track } from '#core/streams/track.ts';
import { VideoSender } from './rtp-packets.ts';
import { FakeCamera } from './streams-set-up.ts';
import { VirtualClock } from './virtual-clock.ts';

export function setUpProfile(spec: Partial<ProfileSpec> = {}, gate = new OpenGate()) {
  const clock = new VirtualClock();
  const camera = new FakeCamera(spec);
  const states: string[] = [];
  const gone: { tracks: readonly Track[]; reason: string }[] = [];
  const profile = new Profile({
    spec: camera.spec,
    clock,
    gate,
    random: () => 1,
    flush: () => {},
    onState: ({ state }) => states.push(state),
    onGone: (tracks, reason) => gone.push({ tracks, reason }),
  });
  clock.every(1000, () => profile.tick(clock.nowMs()));
  const sender = new VideoSender();
  const play = () => camera.source.write(sender.keyFrame(), clock.nowMs());
  /** A frame each second. */
  const playFor = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      play();
      await clock.advanceAsync(1000);
    }
  };
  return { clock, camera, profile, states, gone, sender, play, playFor };
}
