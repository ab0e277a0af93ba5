// A server whose console is in test mode, on a card that waits for whoever reads it: a machine that is busy
// with other things makes no gap in the sound.

import { AlsaFeeder } from './alsa-feeder.ts';
import { ADMIN_YAML, ConsoleAdmin } from './console-admin.ts';
import { ServerProcess } from './server-process.ts';

export interface TestModeServer {
  readonly server: ServerProcess;
  readonly admin: ConsoleAdmin;
  close(): Promise<void>;
}

export async function startTestModeServer(): Promise<TestModeServer> {
  // What test mode stands in for: it must not be heard.
  const card = new AlsaFeeder({ sample: (frame, index) => (frame * 32 + index) << 8 });
  const { device, environment: env } = card;
  const server = await ServerProcess.start({ console: `device: ${device}`, env, yaml: ADMIN_YAML });
  const admin = new ConsoleAdmin(server);
  await admin.change({ test_mode: true });
  return {
    server,
    admin,
    async close() {
      await server.dispose();
      card.stop();
    },
  };
}
