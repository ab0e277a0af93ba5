// OSC messages (Open Sound Control 1.0) as mixing consoles speak them: an address and arguments of type
// int32, float32, string and blob.
//
//   /ch/01/config/name\0\0\0\0   ,s\0\0   Lead Vox\0\0\0\0
//   address, padded to words     types    each argument, padded to words; numbers big-endian

import { InputError } from '#std/errors.ts';

export type OscArgument = number | string | Uint8Array;

export interface OscMessage {
  readonly address: string;
  readonly arguments: readonly OscArgument[];
}

const WORD_BYTES = 4;
/** What a console answers has one to four arguments; the longest, of `/node`, some sixty. */
const MAX_ARGUMENTS = 64;

/** A request for the value at the address: an address without arguments. */
export function formatOscRequest(address: string): Uint8Array {
  return formatOscMessage({ address, arguments: [] });
}

export function formatOscMessage(message: OscMessage): Uint8Array {
  const parts = message.arguments.map(formatArgument);
  const types = parts.map(({ type }) => type).join('');
  const head = [formatString(message.address), ...(types ? [formatString(`,${types}`)] : [])];
  return join([...head, ...parts.map(({ bytes }) => bytes)]);
}

/** Throws `InputError` with the code `invalid_osc`. Bundles are not taken: consoles send none. */
export function parseOscMessage(bytes: Uint8Array): OscMessage {
  const reader = new OscReader(bytes);
  const address = reader.string();
  if (!address.startsWith('/')) throw invalid('it does not begin with an address');
  if (reader.isAtEnd) return { address, arguments: [] };
  const types = reader.string();
  if (!types.startsWith(',')) throw invalid('its types are missing');
  if (types.length > MAX_ARGUMENTS + 1) throw invalid(`it has over ${MAX_ARGUMENTS} arguments`);
  return { address, arguments: Array.from(types.slice(1), (type) => reader.argument(type)) };
}

class OscReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  argument(type: string): OscArgument {
    if (type === 's') return this.string();
    if (type === 'b') return this.#take(this.#view.getInt32(this.#word()));
    if (type === 'i') return this.#view.getInt32(this.#word());
    if (type === 'f') return this.#view.getFloat32(this.#word());
    throw invalid(`it has an argument of the unknown type ${JSON.stringify(type)}`);
  }

  string(): string {
    const end = this.#bytes.indexOf(0, this.#at);
    if (end < 0) throw invalid('a text in it has no end');
    return new TextDecoder().decode(this.#take(end - this.#at, 1));
  }

  /** Moves past them, their terminator and padding. */
  #take(length: number, terminator = 0): Uint8Array {
    const start = this.#at;
    const next = start + padded(length + terminator);
    // Some firmware leaves the padding of the last argument away.
    if (length < 0 || start + length > this.#bytes.length) throw invalid('it ends too early');
    this.#at = next;
    return this.#bytes.slice(start, start + length);
  }

  #word(): number {
    const at = this.#at;
    if (at + WORD_BYTES > this.#bytes.length) throw invalid('it ends too early');
    this.#at += WORD_BYTES;
    return at;
  }
}

function formatArgument(argument: OscArgument): { type: string; bytes: Uint8Array } {
  if (typeof argument === 'string') return { type: 's', bytes: formatString(argument) };
  if (typeof argument !== 'number') return { type: 'b', bytes: formatBlob(argument) };
  const bytes = new Uint8Array(WORD_BYTES);
  const view = new DataView(bytes.buffer);
  const isWhole = Number.isInteger(argument) && !Object.is(argument, -0);
  if (isWhole) view.setInt32(0, argument);
  else view.setFloat32(0, argument);
  return { type: isWhole ? 'i' : 'f', bytes };
}

function formatString(text: string): Uint8Array {
  const encoded = new TextEncoder().encode(text);
  const bytes = new Uint8Array(padded(encoded.length + 1));
  bytes.set(encoded);
  return bytes;
}

function formatBlob(blob: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(WORD_BYTES + padded(blob.length));
  new DataView(bytes.buffer).setInt32(0, blob.length);
  bytes.set(blob, WORD_BYTES);
  return bytes;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function padded(length: number): number {
  return Math.ceil(length / WORD_BYTES) * WORD_BYTES;
}

function invalid(problem: string): InputError {
  return new InputError(`This is no OSC message: ${problem}.`, { code: 'invalid_osc' });
}
