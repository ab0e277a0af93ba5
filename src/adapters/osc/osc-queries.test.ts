// Questions to a console over a real socket: paced, asked again, and never a value.

import { afterEach, expect, test } from 'vitest';
import { type ConsoleValues, ScriptedConsole } from '../../../test/support/scripted-console.ts';
import { systemClock as clock } from '../../app/system-clock.ts';
import { askConsole } from './osc-queries.ts';

let desk: ScriptedConsole | undefined;
afterEach(() => desk?.close());

async function open(values: ConsoleValues): Promise<{ desk: ScriptedConsole; console: string }> {
  desk = new ScriptedConsole(values);
  return { desk, console: `127.0.0.1:${await desk.listen()}` };
}

test('each question is asked once and answered, and nothing is set', async () => {
  const { desk, console } = await open({ '/a': 'Vox', '/b': 3, '/c': [0.5, 'x'] });
  const answers = await askConsole({ console, clock }, ['/a', '/b', '/c']);
  expect([...answers]).toEqual([
    ['/a', ['Vox']],
    ['/b', [3]],
    ['/c', [0.5, 'x']],
  ]);
  expect(desk.asked).toEqual(['/a', '/b', '/c']);
  expect(desk.changes).toEqual([]);
});

test('what was lost is asked again, up to three times; what is never answered is not there', async () => {
  const { desk, console } = await open({ '/a': 1, '/b': 2, '/c': 3 });
  desk.loses = (address, count) => (address === '/a' && count < 3) || address === '/c';
  const answers = await askConsole({ console, clock }, ['/a', '/b', '/c']);
  expect(Object.fromEntries(answers)).toEqual({ '/a': [1], '/b': [2] });
  expect(desk.asked).toEqual(['/a', '/b', '/c', '/a', '/c', '/a', '/c']);
});

test('answers to other questions and what is no OSC are ignored', async () => {
  const { desk, console } = await open({ '/a': 1, '/b': 2 });
  const forward = desk.send.bind(desk);
  desk.send = (bytes, port, address) => {
    forward(Uint8Array.of(1, 2, 3), port, address);
    forward(Buffer.from('/zzz\0\0\0\0,i\0\0\0\0\0\x09'), port, address);
    forward(bytes, port, address);
  };
  expect(Object.fromEntries(await askConsole({ console, clock }, ['/a']))).toEqual({ '/a': [1] });
});

test('two hundred questions lose none', async () => {
  const values = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`/v/${at}`, at]));
  const { console } = await open(values);
  expect((await askConsole({ console, clock }, Object.keys(values))).size).toBe(200);
});

test('no question, no answer and no error', async () => {
  const { console } = await open({});
  expect((await askConsole({ console, clock }, [])).size).toBe(0);
});

test('a console that is not there is named, with the remedy', async () => {
  const { desk, console } = await open({});
  await expect(askConsole({ console, clock }, ['/a'])).rejects.toMatchObject({
    code: 'console_unreachable',
    message: `Cannot ask the console at "${console}": it does not answer. Check its address (Setup > network) and that it is on this network.`,
  });
  expect(desk.asked).toHaveLength(3);
  await expect(askConsole({ console: 'no.such.invalid', clock }, ['/a'])).rejects.toMatchObject({
    code: 'console_unreachable',
  });
  // The system itself refuses broadcasts, and link-local addresses of nobody knows which network.
  for (const refused of ['255.255.255.255', 'fe80::1']) {
    await expect(askConsole({ console: refused, clock }, ['/a'])).rejects.toMatchObject({
      code: 'console_unreachable',
      message: expect.stringContaining('the system cannot send to it'),
    });
  }
  // A closed port says so itself: nobody waits for the third round.
  await expect(askConsole({ console: '[::1]:9', clock }, ['/a'])).rejects.toMatchObject({
    code: 'console_unreachable',
  });
});
