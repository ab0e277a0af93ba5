// Takes names and colours from the console: asks for its routing and its strips, and finds for each USB
// channel the strip that the same signal feeds. Nothing is ever set on the console.

import { CHANNEL_COLORS, type ChannelColor, type ConsoleImport } from '#contract/console.ts';
import { CONSOLE_CHANNELS, MAX_CHANNEL_NAME_CHARACTERS } from '#contract/sound.ts';
import type { OscArgument } from '#media/osc/osc-message.ts';
import { findFindings, STATE_ADDRESSES } from './console-findings.ts';
import {
  BLOCK_CHANNELS,
  cardBlock,
  inputBlock,
  isSameSignal,
  monitorSignal,
  outputSignal,
  outputSlot,
  type Signal,
  socketSignal,
} from './routing.ts';

/** What the console said, by address. */
export type ConsoleAnswers = ReadonlyMap<string, readonly OscArgument[]>;
/** Sends each address to the console and waits for its answers; what is not answered is not there. */
export type AskConsole = (addresses: readonly string[]) => Promise<ConsoleAnswers>;

type ImportedChannel = ConsoleImport['channels'][number];

const BLOCKS = ['1-8', '9-16', '17-24', '25-32'];
const STRIPS = Array.from({ length: CONSOLE_CHANNELS }, (_, index) => index + 1);
const USER_INS = 32;
const USER_OUTS = 48;
const OUTPUTS = 16;
const AUX_OUTS = 6;
/** `/ch/NN/config/source`: 1–32 are the console's inputs, the rest its own returns. */
const LAST_INPUT = 32;
/** `/config/routing/routswitch`: the inputs come from the PLAY blocks. */
const PLAYING = 1;

/** Rejects as `ask` does. */
export async function importFromConsole(address: string, ask: AskConsole): Promise<ConsoleImport> {
  const about = await ask(['/xinfo']);
  const answers = await ask([...STATE_ADDRESSES, ...routingAddresses(), ...stripAddresses()]);
  const more = await ask(furtherAddresses(answers));
  const desk = new Desk(new Map([...answers, ...more]));
  const [, name = '', model = '', firmware = ''] = about.get('/xinfo') ?? [];
  return {
    console: { name: String(name), model: String(model), firmware: String(firmware), address },
    channels: STRIPS.map((id) => desk.channel(id)),
    findings: findFindings(answers),
  };
}

function routingAddresses(): string[] {
  const groups = ['CARD', 'IN', 'PLAY'];
  const blocks = groups.flatMap((group) =>
    BLOCKS.map((block) => `/config/routing/${group}/${block}`),
  );
  return ['/config/routing/routswitch', ...blocks];
}

function stripAddresses(): string[] {
  return STRIPS.flatMap((strip) =>
    ['name', 'color', 'source'].map((what) => `/ch/${pad(strip)}/config/${what}`),
  );
}

/** User routing and outputs are read only where a block refers to them: they are some hundred more. */
function furtherAddresses(answers: ConsoleAnswers): string[] {
  const desk = new Desk(answers);
  const used = new Set(
    BLOCKS.flatMap((_, index) => [desk.cardBlock(index)?.from, desk.inputBlock(index)?.from]),
  );
  const numbered = (prefix: string, count: number, suffix = '') =>
    Array.from({ length: count }, (_, index) => `${prefix}${pad(index + 1)}${suffix}`);
  const isUserOut = used.has('userOut');
  return [
    ...(used.has('userIn') ? numbered('/config/userrout/in/', USER_INS) : []),
    ...(isUserOut ? numbered('/config/userrout/out/', USER_OUTS) : []),
    ...(isUserOut || used.has('output') ? numbered('/outputs/main/', OUTPUTS, '/src') : []),
    ...(isUserOut || used.has('p16') ? numbered('/outputs/p16/', OUTPUTS, '/src') : []),
    ...(isUserOut || used.has('auxOut') ? numbered('/outputs/aux/', AUX_OUTS, '/src') : []),
  ];
}

/** The console as far as it has answered. */
class Desk {
  readonly #answers: ConsoleAnswers;

  constructor(answers: ConsoleAnswers) {
    this.#answers = answers;
  }

  channel(id: number): ImportedChannel {
    const signal = this.#usbSignal(id);
    const strip = signal && this.#stripOf(signal);
    const name = strip === undefined ? '' : this.#text(`/ch/${pad(strip)}/config/name`);
    return {
      id,
      name: cleanName(name) || signal?.label || `CH${pad(id)}`,
      color: strip === undefined ? null : this.#color(strip),
      source: signal?.label ?? null,
    };
  }

  cardBlock(index: number): ReturnType<typeof cardBlock> {
    return cardBlock(this.#number(`/config/routing/CARD/${BLOCKS[index]}`, index));
  }

  inputBlock(index: number): ReturnType<typeof inputBlock> {
    const isPlaying = this.#number('/config/routing/routswitch', 0) === PLAYING;
    const group = isPlaying ? 'PLAY' : 'IN';
    return inputBlock(this.#number(`/config/routing/${group}/${BLOCKS[index]}`, index));
  }

  /** What USB channel `id` carries. */
  #usbSignal(id: number): Signal | undefined {
    const block = this.cardBlock(Math.floor((id - 1) / BLOCK_CHANNELS));
    if (!block) return undefined;
    const number = block.first + ((id - 1) % BLOCK_CHANNELS);
    if (block.from === 'socket') return socketSignal(number);
    if (block.from === 'userIn') return this.#userIn(number);
    if (block.from === 'userOut') return this.#userOut(number);
    if (block.from === 'auxIn') return socketSignal(160 + number);
    return this.#output(block.from, number);
  }

  #userIn(slot: number): Signal | undefined {
    return socketSignal(this.#number(`/config/userrout/in/${pad(slot)}`, 0));
  }

  #userOut(slot: number): Signal | undefined {
    const number = this.#number(`/config/userrout/out/${pad(slot)}`, 0);
    const output = outputSlot(number);
    if (output) return this.#output(output.from, output.first);
    return socketSignal(number) ?? monitorSignal(number);
  }

  #output(from: 'output' | 'p16' | 'auxOut', slot: number): Signal | undefined {
    const group = { output: 'main', p16: 'p16', auxOut: 'aux' }[from];
    return outputSignal(this.#number(`/outputs/${group}/${pad(slot)}/src`, 0));
  }

  /** The first strip that this signal feeds, or that it comes from. */
  #stripOf(signal: Signal): number | undefined {
    if (signal.kind === 'strip') return signal.number;
    return STRIPS.find((strip) => {
      const source = this.#stripSource(strip);
      return source !== undefined && isSameSignal(source, signal);
    });
  }

  #stripSource(strip: number): Signal | undefined {
    const input = this.#number(`/ch/${pad(strip)}/config/source`, strip);
    if (input < 1 || input > LAST_INPUT) return undefined;
    const block = this.inputBlock(Math.floor((input - 1) / BLOCK_CHANNELS));
    if (!block) return undefined;
    const number = block.first + ((input - 1) % BLOCK_CHANNELS);
    return block.from === 'userIn' ? this.#userIn(number) : socketSignal(number);
  }

  #color(strip: number): ChannelColor | null {
    const value = this.#number(`/ch/${pad(strip)}/config/color`, -1);
    // From 8 on the same colours inverted.
    return value >= 0 && value < 2 * CHANNEL_COLORS.length
      ? (CHANNEL_COLORS[value % CHANNEL_COLORS.length] ?? null)
      : null;
  }

  #number(address: string, fallback: number): number {
    const [value] = this.#answers.get(address) ?? [];
    return typeof value === 'number' ? value : fallback;
  }

  #text(address: string): string {
    const [value] = this.#answers.get(address) ?? [];
    return typeof value === 'string' ? value : '';
  }
}

/** Names are shown to everybody: nothing in them may disturb a line of text. */
function cleanName(name: string): string {
  return name.replace(/\p{C}/gu, '').trim().slice(0, MAX_CHANNEL_NAME_CHARACTERS);
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
