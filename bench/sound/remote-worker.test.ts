// Tests of workers, by the one with the bad link, and of what the system says of full buffers.

import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { countDroppedDatagrams } from './dropped-datagrams.ts';
import { GOOD_LINK, type RelaySkills } from './relay-skills.ts';
import { RemoteWorker } from './remote-worker.ts';

function startRelay(): RemoteWorker<RelaySkills> {
  const relay = new RemoteWorker<RelaySkills>('./relay-process.ts', ['1']);
  onTestFinished(() => relay.close());
  return relay;
}

async function openSocket(recvBufferSize = 1 << 20) {
  const socket = createSocket({ type: 'udp4', recvBufferSize });
  onTestFinished(() => void socket.close());
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

test('a relay in a process of its own passes on what comes, and loses what it is told to', async () => {
  const relay = startRelay();
  const listener = await openSocket();
  const port = await relay.ask('open', { port: listener.address().port });
  const arrived = once(listener, 'message');
  listener.send('sound', port, '127.0.0.1');
  expect(String((await arrived)[0])).toBe('sound');
  await relay.ask('change', { ...GOOD_LINK, lossRatio: 1 });
  const sent = new Promise((resolve) => listener.send('lost', port, '127.0.0.1', resolve));
  await sent;
  await expect.poll(() => relay.ask('counters', null)).toMatchObject({ passed: 1, lost: 1 });
});

test('what a worker cannot do is said with its reason', async () => {
  const relay = startRelay();
  for (let opened = 0; opened < 200; opened++) await relay.ask('open', { port: 9 });
  await expect(relay.ask('open', { port: 9 })).rejects.toThrow('no more ports');
});

test('who waits for a worker that ends is told', async () => {
  const relay = startRelay();
  await relay.ask('counters', null);
  process.kill(relay.pid, 'SIGSTOP');
  const answer = relay.ask('counters', null);
  process.kill(relay.pid, 'SIGKILL');
  await expect(answer).rejects.toThrow('relay-process.ts ended: SIGKILL');
  await expect(relay.ask('counters', null)).rejects.toThrow();
});

test('datagrams that found no room are counted by the port', async () => {
  const [full, roomy] = [await openSocket(4_096), await openSocket()];
  const ports = [full.address().port, roomy.address().port];
  const flood = `
    const socket = require('node:dgram').createSocket('udp4');
    let left = 200;
    const done = () => { if (--left === 0) socket.close(); };
    for (const port of [${ports}])
      for (let at = 0; at < 100; at++) socket.send(Buffer.alloc(1000), port, '127.0.0.1', done);
  `;
  // Nobody reads meanwhile.
  execFileSync(process.execPath, ['-e', flood]);
  expect(countDroppedDatagrams(ports.slice(1))).toBe(0);
  expect(countDroppedDatagrams(ports)).toBeGreaterThan(50);
});
