// A thread that converts sound: opens, feeds and closes pipelines as the main thread asks.

import { parentPort } from 'node:worker_threads';
import type { OpusPacket, WorkerReply, WorkerRequest } from './messages.ts';
import { openOpusEncoder } from './opus-encoder.ts';
import { outputChannels, SoundPipeline } from './sound-pipeline.ts';

interface Line {
  readonly pipeline: SoundPipeline;
  cpuMicroseconds: number;
}

const lines = new Map<number, Line>();
/** One after the other: the encoder opens in its own time, and payloads come behind it. */
let queue: Promise<void> = Promise.resolve();

parentPort?.on('message', (request: WorkerRequest) => {
  queue = queue.then(() => handle(request)).catch((error: unknown) => fail(request.id, error));
});

function handle(request: WorkerRequest): Promise<void> | void {
  if (request.kind === 'open') return open(request);
  if (request.kind === 'payloads') return convert(request);
  lines.get(request.id)?.pipeline.close();
  lines.delete(request.id);
}

async function open(request: WorkerRequest & { kind: 'open' }): Promise<void> {
  const encoder = await openOpusEncoder(outputChannels(request.format));
  const pipeline = new SoundPipeline(request.format, encoder);
  lines.set(request.id, { pipeline, cpuMicroseconds: 0 });
}

function convert(request: WorkerRequest & { kind: 'payloads' }): void {
  const line = lines.get(request.id);
  if (!line) return;
  const before = process.threadCpuUsage();
  const packets: OpusPacket[] = [];
  for (const payload of request.payloads) {
    line.pipeline.take(payload, (packet) => packets.push(packet));
  }
  const { user, system } = process.threadCpuUsage(before);
  line.cpuMicroseconds += user + system;
  reply({
    kind: 'sound',
    id: request.id,
    packets,
    damaged: line.pipeline.damaged,
    cpuSeconds: line.cpuMicroseconds / 1e6,
  });
}

function fail(id: number, error: unknown): void {
  lines.get(id)?.pipeline.close();
  lines.delete(id);
  reply({ kind: 'failed', id, reason: error instanceof Error ? error.message : String(error) });
}

function reply(message: WorkerReply): void {
  parentPort?.postMessage(message);
}
