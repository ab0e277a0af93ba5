// A process of cameras: prints where they are, plays until its parent is gone.
//
//   fleet.ts KBPS [stamped]

import { openCameraFleet } from '../../test/support/scripted-camera/camera-fleet.ts';
import { makeClip } from '../../test/support/scripted-camera/make-clip.ts';
import { makeStamp } from '../viewers/stamp.ts';

const [kbps = '100', stamped] = process.argv.slice(2);
/** So that a stamp is at the end of a packet for the viewer too. */
const STAMPED_PAYLOAD_BYTES = 1_188;

const clip = await makeClip({
  video: 'H264',
  width: Number(kbps) > 500 ? 1280 : 640,
  height: Number(kbps) > 500 ? 720 : 360,
  framesPerSecond: Number(kbps) > 500 ? 25 : 10,
  gopFrames: 50,
  bitrateKbps: Number(kbps),
  seconds: 10,
});
const fleet = await openCameraFleet({
  clip,
  ...(stamped ? { makeStamp, maxPayloadBytes: STAMPED_PAYLOAD_BYTES } : {}),
});
process.on('disconnect', () => process.exit(0));
process.send?.(fleet.address(0).replace(/0$/, ''));
