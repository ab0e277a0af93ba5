// Starts a process of cameras, and the server that pulls them.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ServerProcess } from '../../test/support/server-process.ts';

const FLEET = fileURLToPath(new URL('./fleet.ts', import.meta.url));

export interface CameraWorld {
  readonly fleet: ChildProcess;
  readonly server: ServerProcess;
  readonly streams: readonly string[];
}

export async function startCameras(options: {
  readonly count: number;
  readonly kbps: number;
  readonly stamped?: boolean;
}): Promise<CameraWorld> {
  const { count, kbps, stamped = false } = options;
  const fleet = fork(FLEET, [String(kbps), ...(stamped ? ['stamped'] : [])], { stdio: 'inherit' });
  const [base] = (await once(fleet, 'message')) as [string];
  const streams = Array.from({ length: count }, (_, at) => `camera-${at}`);
  const lines = streams.map((id, at) => `  ${id}: { source: "${base}${at}" }`);
  const yaml = `streams:\n${lines.join('\n')}\n`;
  const server = await ServerProcess.start({ logLevel: 'warn', yaml });
  return { fleet, server, streams };
}

export async function stopCameras({ fleet, server }: CameraWorld): Promise<void> {
  await server.stop();
  await server.dispose();
  fleet.disconnect();
}
