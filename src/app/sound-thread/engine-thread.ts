// The sound engine's thread: opens the port and libopus, then does what each plan says.

import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { SoundRunner } from '#core/console/engine/sound-runner.ts';
import { openOpusEncoders } from '../../adapters/opus/channel-encoders.ts';
import { openUdpSoundSocket, type UdpSoundSocket } from '../../adapters/udp/udp-sound-socket.ts';
import { randomWord } from '../random.ts';
import { systemClock as clock } from '../system-clock.ts';
import type { EngineReply, EngineRequest, EngineThreadData } from './messages.ts';
import { openConsoleSource } from './open-console-source.ts';
import { createPostedLog } from './posted-log.ts';

/** Before the main thread and its garbage collection, behind what the system itself needs. */
const NICENESS = -10;

const { port, arecord }: EngineThreadData = workerData;
hurry();
const socket = await openSocket();
if (socket) await run(socket);

async function openSocket(): Promise<UdpSoundSocket | undefined> {
  const log = createPostedLog((line) => reply({ kind: 'log', ...line }));
  try {
    return await openUdpSoundSocket({ port, log });
  } catch (error) {
    const systemCode = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    reply({ kind: 'refused', systemCode, reason: String(error) });
    return undefined;
  }
}

async function run(socket: UdpSoundSocket): Promise<void> {
  const runner = new SoundRunner({
    clock,
    socket,
    openEncoder: await openOpusEncoders(),
    openSource: (name) => openConsoleSource(name, { clock, arecord }),
    randomWord,
    cpuSeconds,
    strayDatagrams: () => socket.strayDatagrams,
    events: {
      onCapture: (state) => reply({ kind: 'capture', state }),
      onReport: (report) => reply({ kind: 'report', report }),
      onMeters: (levels) => reply({ kind: 'meters', levels }),
    },
  });
  parentPort?.on('message', (request: EngineRequest) => {
    if (request.kind === 'plan') runner.apply(request.plan);
    else void close(runner, socket);
  });
  reply({ kind: 'ready', port: socket.port });
}

async function close(runner: SoundRunner, socket: UdpSoundSocket): Promise<void> {
  await runner.close();
  await socket.close();
  reply({ kind: 'closed' });
}

function cpuSeconds(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e6;
}

/** On Linux priorities are the threads' own, and arecord gets that of who starts it. */
function hurry(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(0, NICENESS);
  } catch {
    // Not permitted, as for most users.
  }
}

function reply(message: EngineReply): void {
  parentPort?.postMessage(message);
}
