// How LATM packs AAC, as SDP tells it in `config` (ISO 14496-3 §1.7.3.2.3, RFC 6416 §7.3).

import { InputError } from '#std/errors.ts';
import { readAudioSpecificConfig } from './audio-specific-config.ts';
import { Bits } from './bits.ts';

/** Each payload says its length in bytes; the other types are for codecs of fixed size. */
const FRAME_LENGTH_VARIABLE = 0;

/** The AudioSpecificConfig inside. Refuses more than one program or layer: cameras have one. */
export function parseStreamMuxConfig(bytes: Uint8Array): Uint8Array {
  const bits = new Bits(bytes);
  const version = bits.read(1);
  if (version === 1 && bits.readFlag()) throw invalid('it is of version 1A, which is not defined');
  if (version === 1) readLatmValue(bits); // taraBufferFullness
  if (!bits.readFlag()) throw invalid('its payloads have different time bases');
  bits.read(6); // numSubFrames: the payloads' lengths tell
  const programs = bits.read(4) + 1;
  const layers = bits.read(3) + 1;
  if (programs > 1 || layers > 1) throw invalid(`it has ${programs} programs and ${layers} layers`);
  const config = version === 1 ? readSizedConfig(bits) : readConfig(bits);
  const frameLengthType = bits.read(3);
  if (frameLengthType !== FRAME_LENGTH_VARIABLE) {
    throw invalid(`frame length type ${frameLengthType} is not that of AAC`);
  }
  return config;
}

function readConfig(bits: Bits): Uint8Array {
  const from = bits.at;
  readAudioSpecificConfig(bits);
  return bits.copyFrom(from);
}

function readSizedConfig(bits: Bits): Uint8Array {
  const sizeBits = readLatmValue(bits);
  const from = bits.at;
  if (sizeBits > bits.left) throw invalid('it is cut off');
  bits.at += sizeBits;
  return bits.copyFrom(from);
}

/** Up to four bytes, their number minus one before them (§1.7.3.2.4). */
function readLatmValue(bits: Bits): number {
  const bytes = bits.read(2) + 1;
  return bits.read(bytes * 8);
}

function invalid(reason: string): InputError {
  return new InputError(
    `Cannot use the LATM configuration: ${reason}. Set the camera to plain AAC or to G.711.`,
    { code: 'invalid_aac' },
  );
}
