// A mark in every frame that says when it was captured, and comes back in the frame that ffmpeg made
// of it: user data in an SEI message (ITU-T H.264 and H.265, annex D: user_data_unregistered).
//
//   | NAL header | 5 | 38 | UUID, 16 bytes | timestamp, 8 hex digits | µs, 14 hex digits | 80 |
//
// Counting frames would do as long as none is reordered or lost in the decoder. Digits, because
// they never need emulation prevention.

interface FrameTime {
  /** RTP ticks. */
  readonly timestamp: number;
  readonly capturedAtMs: number;
}

const NAL_HEADERS = { H264: [0x06], H265: [0x4e, 0x01] };
const USER_DATA_UNREGISTERED = 5;
const UUID = 'yeoul frame mark';
const TIMESTAMP_DIGITS = 8;
const CAPTURED_DIGITS = 14;
const TRAILING_BITS = 0x80;
const HEX = 16;

/** One NAL unit, without start code. */
export function formatMark(codec: 'H264' | 'H265', time: FrameTime): Buffer {
  const capturedUs = Math.max(0, Math.round(time.capturedAtMs * 1000));
  const text =
    UUID +
    (time.timestamp >>> 0).toString(HEX).padStart(TIMESTAMP_DIGITS, '0') +
    capturedUs.toString(HEX).padStart(CAPTURED_DIGITS, '0');
  return Buffer.concat([
    Uint8Array.of(...NAL_HEADERS[codec], USER_DATA_UNREGISTERED, text.length),
    Buffer.from(text, 'latin1'),
    Uint8Array.of(TRAILING_BITS),
  ]);
}

/** The time in an SEI unit, if it holds a mark. */
export function readMark(unit: Buffer): FrameTime | undefined {
  const at = unit.indexOf(UUID, 0, 'latin1');
  if (at < 0) return undefined;
  const digits = unit.toString('latin1', at + UUID.length);
  const match = /^([0-9a-f]{8})([0-9a-f]{14})/.exec(digits);
  if (!match) return undefined;
  const [timestamp, capturedUs] = match.slice(1).map((text) => Number.parseInt(text, HEX));
  return { timestamp: timestamp ?? 0, capturedAtMs: (capturedUs ?? 0) / 1000 };
}
