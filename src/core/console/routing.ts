// How signals run through an X32 or M32, as far as it takes to say which strip feeds which USB channel
// (OSC protocol 4.06, `/config/routing`, `/config/userrout`, `/outputs`).
//
//   socket ──IN or PLAY blocks──▶ In 1…32 ──/ch/NN/config/source──▶ strip NN
//     └──CARD blocks, or user out NN──▶ USB channel
//   strip or bus ──/outputs/main/NN/src──▶ Output NN ──CARD block OUT1-8──▶ USB channel

/** Where a signal comes from. `strip`: after the strip; `bus` and others: no single strip. */
export interface Signal {
  readonly kind:
    | 'local'
    | 'aes50a'
    | 'aes50b'
    | 'card'
    | 'aux'
    | 'talkback'
    | 'strip'
    | 'bus'
    | 'other';
  readonly number: number;
  /** As the console's screen says it. */
  readonly label: string;
}

interface Block {
  /** What the block takes its eight from. */
  readonly from: 'socket' | 'userIn' | 'userOut' | 'output' | 'p16' | 'auxOut' | 'auxIn';
  /** The first of them; for sockets, as user routing counts them: 1 is Local 1. */
  readonly first: number;
}

export const BLOCK_CHANNELS = 8;
/** User routing's numbers: 1–32 local, 33–80 AES50 A, 81–128 AES50 B, 129–160 card, 161–166 aux. */
const SOCKETS = [
  { kind: 'local', first: 1, count: 32, label: 'Local' },
  { kind: 'aes50a', first: 33, count: 48, label: 'AES50 A' },
  { kind: 'aes50b', first: 81, count: 48, label: 'AES50 B' },
  { kind: 'card', first: 129, count: 32, label: 'Card' },
  { kind: 'aux', first: 161, count: 6, label: 'Aux' },
  { kind: 'talkback', first: 167, count: 2, label: 'Talkback' },
] as const;
const FIRST_OUTPUT = 169;
const FIRST_P16 = 185;
const FIRST_AUX_OUT = 201;
const MONITOR_LEFT = 207;
const MONITOR_RIGHT = 208;

/** `/config/routing/CARD/*`: AN 0–3, A 4–9, B 10–15, CARD 16–19, OUT, P16, AUX, user out, user in. */
export function cardBlock(value: number): Block | undefined {
  if (value < 20) return socketBlock(value);
  if (value < 22) return { from: 'output', first: 1 + (value - 20) * BLOCK_CHANNELS };
  if (value < 24) return { from: 'p16', first: 1 + (value - 22) * BLOCK_CHANNELS };
  if (value === 24) return { from: 'auxOut', first: 1 };
  if (value === 25) return { from: 'auxIn', first: 1 };
  if (value < 32) return { from: 'userOut', first: 1 + (value - 26) * BLOCK_CHANNELS };
  return value < 36 ? { from: 'userIn', first: 1 + (value - 32) * BLOCK_CHANNELS } : undefined;
}

/** `/config/routing/IN/*` and `PLAY/*`: AN, A, B, CARD as above, then user in 20–23. */
export function inputBlock(value: number): Block | undefined {
  if (value < 20) return socketBlock(value);
  return value < 24 ? { from: 'userIn', first: 1 + (value - 20) * BLOCK_CHANNELS } : undefined;
}

/** The sockets of all twenty blocks stand one behind the other in user routing's count. */
function socketBlock(value: number): Block | undefined {
  return value >= 0 ? { from: 'socket', first: 1 + value * BLOCK_CHANNELS } : undefined;
}

/** Of a number as user routing counts; undefined for 0, which is off, and for what does not exist. */
export function socketSignal(number: number): Signal | undefined {
  const group = SOCKETS.find(({ first, count }) => number >= first && number < first + count);
  if (!group) return undefined;
  const within = number - group.first + 1;
  return { kind: group.kind, number: within, label: `${group.label} ${within}` };
}

/** What a number of user out routing stands for beyond the sockets. */
export function outputSlot(
  number: number,
): { readonly from: 'output' | 'p16' | 'auxOut'; readonly first: number } | undefined {
  if (number >= FIRST_OUTPUT && number < FIRST_P16) {
    return { from: 'output', first: number - FIRST_OUTPUT + 1 };
  }
  if (number >= FIRST_P16 && number < FIRST_AUX_OUT) {
    return { from: 'p16', first: number - FIRST_P16 + 1 };
  }
  return number >= FIRST_AUX_OUT && number < MONITOR_LEFT
    ? { from: 'auxOut', first: number - FIRST_AUX_OUT + 1 }
    : undefined;
}

/** The monitor's two numbers of user out routing. */
export function monitorSignal(number: number): Signal | undefined {
  if (number !== MONITOR_LEFT && number !== MONITOR_RIGHT) return undefined;
  return { kind: 'other', number, label: number === MONITOR_LEFT ? 'Monitor L' : 'Monitor R' };
}

/** `/outputs/main/NN/src`: off, main L, R, M/C, bus 1–16, matrix 1–6, direct outs, monitor. */
export function outputSignal(value: number): Signal | undefined {
  if (value <= 0) return undefined;
  if (value <= 3) return other(value, ['Main L', 'Main R', 'Main M/C'][value - 1]);
  if (value <= 19) return { kind: 'bus', number: value - 3, label: `Bus ${value - 3}` };
  if (value <= 25) return other(value, `Matrix ${value - 19}`);
  if (value <= 57) return { kind: 'strip', number: value - 25, label: `Ch ${value - 25}` };
  if (value <= 65) return other(value, `Aux in ${value - 57}`);
  if (value <= 73) return other(value, `FX ${value - 65}`);
  return other(value, ['Monitor L', 'Monitor R', 'Talkback'][value - 74]);
}

function other(number: number, label: string | undefined): Signal | undefined {
  return label === undefined ? undefined : { kind: 'other', number, label };
}

export function isSameSignal(one: Signal, another: Signal): boolean {
  return one.kind === another.kind && one.number === another.number;
}
