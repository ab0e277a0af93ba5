// What tshark sees on loopback: one line for each packet, with the fields that are asked for.

import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { until } from './until.ts';

const MAX_SECONDS = 60;
const PROBE_EACH_MS = 20;

interface CaptureOptions<Field extends string> {
  /** As tcpdump takes it: `udp port 5004`. */
  readonly filter: string;
  /** UDP ports whose packets are RTP: `5004` or `5004-5010`. */
  readonly rtpPorts: string;
  /** tshark's names: `rtp.seq`. */
  readonly fields: readonly Field[];
}

interface WireCapture<Field extends string> {
  /** What was seen so far; a field that a packet does not have is empty. */
  packets(): Record<Field, string>[];
  stop(): Promise<void>;
}

/** Resolves when it sees what is sent: tshark says that it captures before it does. */
export async function startCapture<Field extends string>({
  filter,
  rtpPorts,
  fields,
}: CaptureOptions<Field>): Promise<WireCapture<Field>> {
  const probe = createSocket('udp4').bind(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port: probePort } = probe.address();
  const either = `(${filter}) or (udp dst port ${probePort})`;
  const from = ['-i', 'lo', '-f', either, '-n', '-l', '-a', `duration:${MAX_SECONDS}`];
  const output = ['-T', 'fields', '-e', 'udp.dstport', ...fields.flatMap((field) => ['-e', field])];
  const child = spawn('tshark', [...from, '-d', `udp.port==${rtpPorts},rtp`, ...output]);
  const exited = once(child, 'exit');
  const said = { packets: '', errors: '' };
  child.stdout.on('data', (text) => {
    said.packets += text;
  });
  child.stderr.on('data', (text) => {
    said.errors += text;
  });
  const probing = setInterval(() => probe.send('?', probePort, '127.0.0.1'), PROBE_EACH_MS);
  await until(() => said.packets.includes(`${probePort}\t`) || child.exitCode !== null, {
    what: 'tshark to begin',
  });
  clearInterval(probing);
  probe.close();
  if (child.exitCode !== null) throw new Error(`tshark ended: ${said.errors}`);
  return {
    packets: () => readLines(said.packets, { fields, probePort }),
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

function readLines<Field extends string>(
  text: string,
  { fields, probePort }: { fields: readonly Field[]; probePort: number },
) {
  // The last line is still being written.
  const lines = text.split('\n').slice(0, -1);
  return lines.flatMap((line) => {
    const [port, ...values] = line.split('\t');
    if (Number(port) === probePort) return [];
    return Object.fromEntries(fields.map((field, at) => [field, values[at] ?? ''])) as Record<
      Field,
      string
    >;
  });
}
