// Asks a mixing console for values over OSC: one request at a time goes out, at a pace that no console
// loses, and again where no answer comes. Requests have no arguments, so nothing is ever set.

import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { formatOscRequest, type OscMessage, parseOscMessage } from '#media/osc/osc-message.ts';
import type { Clock } from '#std/clock.ts';
import { UnavailableError } from '#std/errors.ts';

/** Consoles of the X32 family; those of the X AIR family have 10024. */
const DEFAULT_PORT = 10_023;
/** Bursts overflow the console's buffer; 200 requests a second do not. */
const PACE_MS = 5;
/** The console answers within some ms; over Wi-Fi a datagram may be lost. */
const ANSWER_WITHIN_MS = 300;
const ROUNDS = 3;

type Answers = Map<string, OscMessage['arguments']>;

interface OscTarget {
  /** An address or a host name, with or without a port. */
  readonly console: string;
  readonly clock: Clock;
}

/** Resolves with what was answered; rejects with `console_unreachable` if nothing was. */
export async function askConsole(
  { console, clock }: OscTarget,
  addresses: readonly string[],
): Promise<ReadonlyMap<string, OscMessage['arguments']>> {
  const [host, port] = splitTarget(console);
  const { address, family } = await resolve(host, console);
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  try {
    // Connected: what others send never arrives, and a closed port is told at once.
    await connect(socket, { port, address, console });
    return await collect(socket, { clock, console, addresses });
  } finally {
    socket.close();
  }
}

interface Target {
  readonly port: number;
  readonly address: string;
  readonly console: string;
}

/** The system refuses broadcast addresses, and link-local ones without a zone. */
async function connect(socket: Socket, { port, address, console }: Target): Promise<void> {
  try {
    socket.connect(port, address);
    await once(socket, 'connect');
  } catch (cause) {
    throw unreachable(console, 'the system cannot send to it', cause);
  }
}

interface Collecting extends OscTarget {
  readonly addresses: readonly string[];
}

async function collect(
  socket: Socket,
  { clock, console, addresses }: Collecting,
): Promise<Answers> {
  const answers: Answers = new Map();
  const open = new Set(addresses);
  let wake = () => {};
  let isRefused = false;
  socket.on('message', (bytes) => {
    const message = readAnswer(bytes);
    if (!message || !open.delete(message.address)) return;
    answers.set(message.address, message.arguments);
    if (open.size === 0) wake();
  });
  socket.on('error', () => {
    isRefused = true;
    wake();
  });
  const pause = (delayMs: number) =>
    new Promise<void>((done) => {
      const timer = clock.after(delayMs, done);
      wake = () => {
        timer.cancel();
        done();
      };
    });
  for (let round = 0; round < ROUNDS && open.size > 0 && !isRefused; round++) {
    for (const address of [...open]) {
      socket.send(formatOscRequest(address));
      await pause(PACE_MS);
    }
    if (open.size > 0 && !isRefused) await pause(ANSWER_WITHIN_MS);
  }
  if (addresses.length > 0 && answers.size === 0) throw unreachable(console, 'it does not answer');
  return answers;
}

/** What is no OSC is nobody's answer. */
function readAnswer(bytes: Uint8Array): OscMessage | undefined {
  try {
    return parseOscMessage(bytes);
  } catch {
    return undefined;
  }
}

async function resolve(host: string, console: string) {
  try {
    return await lookup(host);
  } catch (cause) {
    throw unreachable(console, 'there is no host of this name', cause);
  }
}

/** `10.0.0.5`, `10.0.0.5:10024`, `m32.local`, `fd00::5`, `[fd00::5]:10023`. */
function splitTarget(console: string): [host: string, port: number] {
  const [, bracketed, plain, port] =
    /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(console) ?? [];
  const host = bracketed ?? plain ?? console;
  const number = Number(port ?? DEFAULT_PORT);
  return [host, number > 0 && number <= 65_535 ? number : DEFAULT_PORT];
}

function unreachable(console: string, reason: string, cause?: unknown): UnavailableError {
  return new UnavailableError(
    `Cannot ask the console at ${JSON.stringify(console)}: ${reason}. Check its address (Setup > network) and that it is on this network.`,
    { code: 'console_unreachable', cause },
  );
}
