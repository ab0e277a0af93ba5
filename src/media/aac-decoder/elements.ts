// What an access unit holds: elements of one or two channels, and some to skip (raw_data_block,
// ISO/IEC 14496-3 §4.4.2.1, tables 4.3 to 4.11).

import { InputError } from '#std/errors.ts';
import type { Bands } from './bands.ts';
import type { BlockBits } from './bits.ts';
import { type ChannelStream, readChannelStream } from './channel-stream.ts';
import type { NoiseGenerator } from './noise.ts';
import { readMask, restoreStereo } from './stereo.ts';
import { readWindowInfo } from './window-info.ts';

const SINGLE = 0;
const PAIR = 1;
const LOW_FREQUENCY = 3;
const DATA = 4;
const PROGRAM_CONFIG = 5;
const FILL = 6;
const END = 7;
/** No channel configuration has more (table 1.19). */
const MAX_CHANNELS = 8;

interface BlockContext {
  readonly bands: { readonly long: Bands; readonly short: Bands };
  readonly noise: NoiseGenerator;
}

/** The channels in the order of the elements, with noise and stereo restored. */
export function readElements(bits: BlockBits, context: BlockContext): ChannelStream[] {
  const channels: ChannelStream[] = [];
  while (bits.left >= 3) {
    const id = bits.read(3);
    // A missing END is forgiven: what fills up the last byte can be no element.
    if (id === END || bits.left < 8) break;
    if (id === SINGLE || id === LOW_FREQUENCY) channels.push(readSingle(bits, context));
    else if (id === PAIR) channels.push(...readPair(bits, context));
    else skipElement(bits, id);
    if (channels.length > MAX_CHANNELS) throw invalid('it has more than 8 channels');
  }
  return channels;
}

function readSingle(bits: BlockBits, { bands, noise }: BlockContext): ChannelStream {
  bits.skip(4); // element_instance_tag
  const channel = readChannelStream(bits, undefined, () => readWindowInfo(bits, bands));
  noise.fill(channel);
  return channel;
}

function readPair(bits: BlockBits, { bands, noise }: BlockContext): ChannelStream[] {
  bits.skip(4); // element_instance_tag
  const readInfo = () => readWindowInfo(bits, bands);
  const shared = bits.readFlag() ? readInfo() : undefined;
  const mask = shared && readMask(bits, shared);
  const left = readChannelStream(bits, shared, readInfo);
  const right = readChannelStream(bits, shared, readInfo);
  noise.fill(left);
  noise.fill(right);
  if (mask) restoreStereo(left, right, mask);
  return [left, right];
}

function skipElement(bits: BlockBits, id: number): void {
  if (id === FILL) skipFill(bits);
  else if (id === DATA) skipData(bits);
  else if (id === PROGRAM_CONFIG) skipProgramConfig(bits);
  else throw invalid('it has a coupling channel, which is not supported');
}

/** Spectral band replication lies here too: without it HE-AAC sounds duller, but it sounds. */
function skipFill(bits: BlockBits): void {
  const count = bits.read(4);
  skipBytes(bits, count === 15 ? 14 + bits.read(8) : count);
}

function skipData(bits: BlockBits): void {
  bits.skip(4); // element_instance_tag
  const aligned = bits.readFlag();
  const count = bits.read(8);
  const total = count === 255 ? 255 + bits.read(8) : count;
  if (aligned) bits.align();
  skipBytes(bits, total);
}

/** Table 4.2: only its length matters here. */
function skipProgramConfig(bits: BlockBits): void {
  bits.skip(10); // element_instance_tag, object_type, sampling_frequency_index
  const [front, side, back] = [bits.read(4), bits.read(4), bits.read(4)];
  const [lowFrequency, data, coupling] = [bits.read(2), bits.read(3), bits.read(4)];
  for (const width of [4, 4, 3]) if (bits.readFlag()) bits.skip(width); // three kinds of mixdown
  bits.skip(5 * (front + side + back + coupling) + 4 * (lowFrequency + data));
  bits.align();
  skipBytes(bits, bits.read(8)); // comment
}

function skipBytes(bits: BlockBits, count: number): void {
  bits.skip(8 * count);
}

function invalid(reason: string): InputError {
  return new InputError(`Cannot decode the AAC access unit: ${reason}.`, { code: 'invalid_aac' });
}
