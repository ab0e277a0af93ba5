// What arecord says, in whatever pieces, understood.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArecordMessages, explainEnd } from './arecord-messages.ts';
import type { HardwareParameters } from './hardware-parameters.ts';

const DUMP = `Recording raw data '-' : Signed 32 bit Little Endian, Rate 48000 Hz, Channels 32
HW Params of device "hw:XUSB":
--------------------
FORMAT:  S32_LE
CHANNELS: 32
RATE: 48000
--------------------
`;

function listen() {
  const parameters: HardwareParameters[] = [];
  const overruns: number[] = [];
  const messages = new ArecordMessages({
    onParameters: (each) => parameters.push(each),
    onOverrun: (atLeastMs) => overruns.push(atLeastMs),
  });
  return { messages, parameters, overruns };
}

describe('ArecordMessages', () => {
  test('tells parameters and overruns, in whatever pieces they come', () => {
    const text = `${DUMP}overrun!!! (at least 12.345 ms long)\noverrun!!! (at least 7 ms long)\n`;
    fc.assert(
      fc.property(fc.array(fc.nat(text.length)), (cuts) => {
        const { messages, parameters, overruns } = listen();
        const ends = [0, ...cuts.sort((a, b) => a - b), text.length];
        for (const [at, start] of ends.entries()) messages.push(text.slice(start, ends[at + 1]));
        expect(parameters).toHaveLength(1);
        expect(overruns).toEqual([12.345, 7]);
      }),
    );
  });

  test('takes no overrun for longer than 10 s', () => {
    const { messages, overruns } = listen();
    messages.push('overrun!!! (at least 999999999.5 ms long)\noverrun!!! (at least nan ms long)\n');
    expect(overruns).toEqual([10_000]);
  });

  test('keeps what it said last, and no more than 16 KiB of it', () => {
    const { messages } = listen();
    messages.push(DUMP);
    for (let line = 0; line < 2_000; line++) messages.push(`line ${line}\n`);
    messages.push('x'.repeat(1e6));
    expect(messages.rest.length).toBeLessThanOrEqual(16_384);
    expect(messages.rest).toContain('line 1999');
  });

  test('takes any text without harm', () => {
    const piece = fc.constantFrom('overrun!!! (at least ', ' ms long)', '-'.repeat(20), '\n', '1');
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string())), (pieces) => {
        const { messages, overruns } = listen();
        for (const each of pieces) messages.push(each);
        for (const atLeastMs of overruns) expect(atLeastMs).toBeLessThanOrEqual(10_000);
      }),
    );
  });
});

describe('explainEnd', () => {
  test.each([
    ['arecord: main:831: audio open error: Device or resource busy', /PipeWire.*Disable the card/],
    ['arecord: main:831: audio open error: No such file or directory', /no such sound card/],
    ['ALSA lib confmisc.c:165:(snd_config_get_card) Cannot get card index for XUSB', /arecord -l/],
    ['arecord: pcm_read:2221: read error: No such device', /Check the USB cable/],
    ['arecord: main:831: audio open error: Permission denied', /group audio/],
    ['arecord: set_params:1352: Sample format non available', /does not take what it offers/],
    ['arecord: set_params:1403: Unable to install hw params:', /does not take what it offers/],
  ])('explains "%s"', (said, reason) => {
    expect(explainEnd(said, 'arecord ended with code 1')).toMatch(reason);
  });

  test('gives the last line of what it does not know, without what terminals would act upon', () => {
    const said = `first\n\x1b[1mread error: Input/output error${'.'.repeat(500)}\n`;
    const reason = explainEnd(said, 'arecord ended with code 1');
    expect(reason).toMatch(/^arecord ended with code 1: \?\[1mread error: Input\/output error\.+$/);
    expect(reason.length).toBeLessThan(240);
    expect(explainEnd('', 'arecord ended with code 1')).toBe('arecord ended with code 1');
  });
});
