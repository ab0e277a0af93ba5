// Loaded into the server before itself (`--import`): SIGUSR2 then breaks the sound engine's thread, as a
// mistake in it would.

import { BroadcastChannel, isMainThread, threadName } from 'node:worker_threads';

const channel = new BroadcastChannel('crash-sound-thread');
channel.unref();

if (isMainThread) {
  process.on('SIGUSR2', () => channel.postMessage('now'));
} else if (threadName === 'sound') {
  channel.onmessage = () => {
    setImmediate(() => {
      throw new Error('the sound thread was broken on purpose');
    });
  };
}
