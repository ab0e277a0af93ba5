// A process of cameras on a given port, until its parent is gone or ends it.
//
//   cameras.ts PORT

import { openCameraFleet } from '../../test/support/scripted-camera/camera-fleet.ts';
import { makeClip } from '../../test/support/scripted-camera/make-clip.ts';

const [port = '0'] = process.argv.slice(2);
const clip = await makeClip({ framesPerSecond: 10, gopFrames: 10, bitrateKbps: 100 });
const fleet = await openCameraFleet({ clip, port: Number(port) });
process.on('disconnect', () => process.exit(0));
process.send?.(fleet.address(0));
