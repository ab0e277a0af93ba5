// G.711: 8 bits a sample on a logarithmic scale (ITU-T G.711; RTP payload types 0 and 8).
//
//    0 1 2 3 4 5 6 7
//   +-+-----+-------+
//   |S|chord| step  |   µ-law: all bits inverted; A-law: every other bit inverted
//   +-+-----+-------+

const FULL_SCALE = 32_768;
const MULAW_BIAS = 0x84;
const ALAW_INVERSION = 0x55;

const MULAW = Float32Array.from({ length: 256 }, (_, code) => mulawSample(~code & 0xff));
const ALAW = Float32Array.from({ length: 256 }, (_, code) => alawSample(code ^ ALAW_INVERSION));

/** Samples between −1 and 1, of channels in turn if there is more than one. */
export function decodeG711(payload: Uint8Array, law: 'PCMU' | 'PCMA'): Float32Array {
  const table = law === 'PCMU' ? MULAW : ALAW;
  const samples = new Float32Array(payload.length);
  for (let at = 0; at < payload.length; at++) samples[at] = table[payload[at] ?? 0] ?? 0;
  return samples;
}

function mulawSample(code: number): number {
  const chord = (code >> 4) & 7;
  const size = ((((code & 0xf) << 3) + MULAW_BIAS) << chord) - MULAW_BIAS;
  return (code & 0x80 ? -size : size) / FULL_SCALE;
}

/** Each value stands for the middle of its step. The first two chords have the same steps. */
function alawSample(code: number): number {
  const chord = (code >> 4) & 7;
  const step = ((code & 0xf) << 4) + 8;
  const size = chord === 0 ? step : (step + 0x100) << (chord - 1);
  return (code & 0x80 ? size : -size) / FULL_SCALE;
}
