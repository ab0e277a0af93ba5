// The sound engine's thread, which dies as soon as somebody says so on the channel `sound-thread-crash`.

import { BroadcastChannel } from 'node:worker_threads';
import '../../src/app/sound-thread/engine-thread.ts';

new BroadcastChannel('sound-thread-crash').onmessage = () => {
  throw new Error('told to');
};
