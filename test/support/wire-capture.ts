// What tshark sees on loopback: one line for each packet, with the fields that are asked for.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { until } from './until.ts';

const MAX_SECONDS = 60;

interface CaptureOptions<Field extends string> {
  /** As tcpdump takes it: `udp port 5004`. */
  readonly filter: string;
  /** UDP ports whose packets are RTP: `5004` or `5004-5010`. */
  readonly rtpPorts: string;
  /** tshark's names: `rtp.seq`. */
  readonly fields: readonly Field[];
}

export interface WireCapture<Field extends string> {
  /** What was seen so far; a field that a packet does not have is empty. */
  packets(): Record<Field, string>[];
  stop(): Promise<void>;
}

export async function startCapture<Field extends string>({
  filter,
  rtpPorts,
  fields,
}: CaptureOptions<Field>): Promise<WireCapture<Field>> {
  const from = ['-i', 'lo', '-f', filter, '-n', '-l', '-a', `duration:${MAX_SECONDS}`];
  const output = ['-T', 'fields', ...fields.flatMap((field) => ['-e', field])];
  const child = spawn('tshark', [...from, '-d', `udp.port==${rtpPorts},rtp`, ...output]);
  const exited = once(child, 'exit');
  const said = { packets: '', errors: '' };
  child.stdout.on('data', (text) => {
    said.packets += text;
  });
  child.stderr.on('data', (text) => {
    said.errors += text;
  });
  await until(() => said.errors.includes('Capturing on') || child.exitCode !== null, {
    what: 'tshark to begin',
  });
  if (child.exitCode !== null) throw new Error(`tshark ended: ${said.errors}`);
  return {
    packets: () => readLines(said.packets, fields),
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

function readLines<Field extends string>(text: string, fields: readonly Field[]) {
  // The last line is still being written.
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => {
    const values = line.split('\t');
    return Object.fromEntries(fields.map((field, at) => [field, values[at] ?? ''])) as Record<
      Field,
      string
    >;
  });
}
