// A process that has the sound engine capture and send, and then exits without closing anything.

import { openSoundThread } from '../../src/app/sound-thread/sound-thread.ts';
import { SilentLog } from './silent-log.ts';

const engine = await openSoundThread({
  config: { arecord: 'arecord', rtpPort: 0 },
  log: new SilentLog(),
  events: {
    onCapture: ({ state }) => {
      if (state === 'live') process.exit(7);
    },
    onReport: () => {},
    onMeters: () => {},
  },
});
engine.apply({ source: 'tones:', isTestMode: false, dscp: 46, hasMeters: true, listeners: [] });
