// Names from the console: which strip a USB channel belongs to, however its sound is routed.

import { expect, test } from 'vitest';
import { type ConsoleValues, factoryConsole } from '../../../test/support/scripted-console.ts';
import { type AskConsole, importFromConsole } from './console-import.ts';

const ROUTING = '/config/routing';

function asking(values: ConsoleValues): { ask: AskConsole; asked: string[] } {
  const asked: string[] = [];
  const ask: AskConsole = async (addresses) => {
    asked.push(...addresses);
    const known = addresses.filter((address) => address in values);
    return new Map(known.map((address) => [address, [values[address] ?? []].flat()]));
  };
  return { ask, asked };
}

async function importWith(changes: ConsoleValues) {
  const { ask } = asking({ ...factoryConsole(), ...changes });
  return importFromConsole('10.0.0.5', ask);
}

async function channel(id: number, changes: ConsoleValues) {
  return (await importWith(changes)).channels[id - 1];
}

test('as it leaves the factory, USB n is strip n', async () => {
  const { ask, asked } = asking(factoryConsole());
  const found = await importFromConsole('10.0.0.5', ask);
  expect(found.console).toEqual({
    name: 'FOH',
    model: 'M32',
    firmware: '4.06',
    address: '10.0.0.5',
  });
  expect(found.channels).toHaveLength(32);
  expect(found.channels[0]).toEqual({ id: 1, name: 'Name 1', color: 'red', source: 'Local 1' });
  expect(found.channels[31]).toEqual({ id: 32, name: 'Name 32', color: 'off', source: 'Local 32' });
  expect(found.findings).toEqual([]);
  // Nothing refers to user routing or outputs, so they are left alone.
  expect(asked.filter((address) => /userrout|outputs/.test(address))).toEqual([]);
});

test('shuffled card blocks are undone', async () => {
  const found = await importWith({
    [`${ROUTING}/CARD/1-8`]: 2,
    [`${ROUTING}/CARD/9-16`]: 0,
    [`${ROUTING}/CARD/17-24`]: 3,
    [`${ROUTING}/CARD/25-32`]: 1,
  });
  const order = found.channels.map(({ name }) => Number(name.slice(5)));
  const block = (first: number) => Array.from({ length: 8 }, (_, index) => first + index);
  expect(order).toEqual([...block(17), ...block(1), ...block(25), ...block(9)]);
});

test('a strip that is fed from the stage box is found by its socket, not by its number', async () => {
  const routed = {
    // Inputs 1–8 come from AES50 A 17–24, and strip 5 takes input 3.
    [`${ROUTING}/IN/1-8`]: 6,
    '/ch/05/config/source': 3,
    '/ch/03/config/source': 0,
    [`${ROUTING}/CARD/1-8`]: 6,
  };
  expect(await channel(3, routed)).toMatchObject({ name: 'Name 5', source: 'AES50 A 19' });
});

test('user routing on both sides is followed', async () => {
  const values = {
    [`${ROUTING}/CARD/1-8`]: 26,
    '/config/userrout/out/02': 81,
    [`${ROUTING}/IN/25-32`]: 22,
    '/config/userrout/in/17': 81,
    '/ch/25/config/name': 'Choir',
  };
  expect(await channel(2, values)).toMatchObject({ name: 'Choir', source: 'AES50 B 1' });
  // Nothing is routed to user out 3.
  expect(await channel(3, values)).toEqual({ id: 3, name: 'CH03', color: null, source: null });
  // A block of user inputs on the card itself.
  const direct = { [`${ROUTING}/CARD/9-16`]: 34, '/config/userrout/in/17': 1 };
  expect(await channel(9, direct)).toMatchObject({ name: 'Name 1', source: 'Local 1' });
});

test('outputs are followed to direct outs, and buses keep their own name', async () => {
  const outputs = {
    [`${ROUTING}/CARD/1-8`]: 20,
    '/outputs/main/01/src': 26 + 6,
    '/outputs/main/02/src': 4,
    '/outputs/main/03/src': 1,
    '/outputs/main/04/src': 25,
    '/outputs/main/05/src': 75,
    '/outputs/main/06/src': 59,
    '/outputs/main/07/src': 70,
  };
  const { channels } = await importWith(outputs);
  expect(channels.slice(0, 8).map(({ name, source }) => [name, source])).toEqual([
    ['Name 7', 'Ch 7'],
    ['Bus 1', 'Bus 1'],
    ['Main L', 'Main L'],
    ['Matrix 6', 'Matrix 6'],
    ['Monitor R', 'Monitor R'],
    ['Aux in 2', 'Aux in 2'],
    ['FX 5', 'FX 5'],
    ['CH08', null],
  ]);
});

test.each([
  [22, '/outputs/p16/01/src'],
  [24, '/outputs/aux/01/src'],
])('card block %i is read from %s', async (block, address) => {
  const values = { [`${ROUTING}/CARD/1-8`]: block, [address]: 26 };
  expect(await channel(1, values)).toMatchObject({ name: 'Name 1', source: 'Ch 1' });
});

test.each([
  [169, { '/outputs/main/01/src': 27 }, 'Name 2'],
  [185, { '/outputs/p16/01/src': 28 }, 'Name 3'],
  [201, { '/outputs/aux/01/src': 29 }, 'Name 4'],
  [207, {}, 'Monitor L'],
  [208, {}, 'Monitor R'],
  [161, {}, 'Aux 1'],
  [168, {}, 'Talkback 2'],
  [129, {}, 'Card 1'],
  [0, {}, 'CH01'],
  [999, {}, 'CH01'],
])('user out %i is followed', async (number, more, name) => {
  const values = { [`${ROUTING}/CARD/1-8`]: 26, '/config/userrout/out/01': number, ...more };
  expect(await channel(1, values)).toMatchObject({ name });
});

test('while the console plays back, the inputs are those of the PLAY blocks', async () => {
  const playing = {
    [`${ROUTING}/routswitch`]: 1,
    [`${ROUTING}/CARD/1-8`]: 16,
  };
  expect(await channel(4, playing)).toMatchObject({ name: 'Name 4', source: 'Card 4' });
});

test('a strip without a name is called by its socket, and control signs are left out', async () => {
  expect(await channel(2, { '/ch/02/config/name': ' ' })).toMatchObject({ name: 'Local 2' });
  const odd = { '/ch/02/config/name': `Gui\u202Etar\n${'x'.repeat(40)}` };
  expect((await channel(2, odd))?.name).toBe(`Guitar${'x'.repeat(26)}`);
});

test('inverted colours are the colours, unknown ones are none', async () => {
  expect((await channel(9, {}))?.color).toBe('red');
  expect((await channel(2, { '/ch/02/config/color': 77 }))?.color).toBeNull();
});

test('blocks that no firmware knows leave the channel as it is', async () => {
  expect(await channel(1, { [`${ROUTING}/CARD/1-8`]: 77 })).toMatchObject({ name: 'CH01' });
  expect(await channel(1, { [`${ROUTING}/IN/1-8`]: -1 })).toMatchObject({ name: 'Local 1' });
});

test.each([
  [{ '/-prefs/card/USBmode': 5 }, 'The card is set to 2/2, so only 2 channels arrive.'],
  [{ '/-prefs/card/USBmode': 1 }, 'The card is set to 16/16, so only 16 channels arrive.'],
  [{ '/-prefs/clockrate': 1 }, 'The console runs at 44.1 kHz'],
  [{ '/-stat/xcardtype': 0 }, 'The console has no expansion card.'],
])('%j is diagnosed', async (values: ConsoleValues, expected) => {
  const { findings } = await importWith(values);
  expect(findings).toHaveLength(1);
  expect(findings[0]).toContain(expected);
});

test('a console that answers next to nothing gives 32 channels all the same', async () => {
  const { ask } = asking({ '/xinfo': [] });
  const found = await importFromConsole('10.0.0.5', ask);
  expect(found.channels.map(({ name }) => name)).toEqual(
    Array.from({ length: 32 }, (_, index) => `Local ${index + 1}`),
  );
});
