// The QR codes, read back as a camera reads them.

import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { createJoinCodes } from './join-codes.ts';

/** Of the drawing. */
const MODULE = 10;

/** Drawn by librsvg, read by ZBar. */
function scan(svg: string): string {
  const words = ['--width=300', '--height=300', '--background-color=white', '--format=png'];
  const picture = execFileSync('rsvg-convert', words, { input: svg });
  return execFileSync('zbarimg', ['--quiet', '--raw', '-'], { input: picture }).toString().trim();
}

test('each address but this machine’s own for itself has a code that leads to the mix', () => {
  const codes = createJoinCodes([
    'http://localhost:8080',
    'http://127.0.0.1:8080',
    'http://[::1]:8080',
    'http://192.168.10.2:8080',
    'http://[fd00::1234]:8080',
    'http://m32-server.local:8080',
    'http://localhost.example:80',
  ]);
  expect(codes.map(({ url }) => url)).toEqual([
    'http://192.168.10.2:8080/mix',
    'http://[fd00::1234]:8080/mix',
    'http://m32-server.local:8080/mix',
    'http://localhost.example:80/mix',
  ]);
  for (const { url, svg } of codes) expect(scan(svg)).toBe(url);
});

test('a code is read with a tenth of its width covered each way from the middle, and has white around it', () => {
  const [code] = createJoinCodes(['http://192.168.10.2:8080']);
  const svg = code!.svg;
  const [, size = 0] = /viewBox="0 0 (\d+) /.exec(svg)!.map(Number);
  const [middle, radius] = [size / 2, size / 10];
  const stain = `<circle cx="${middle}" cy="${middle}" r="${radius}" fill="white"/></svg>`;
  expect(scan(svg.replace('</svg>', stain))).toBe(code!.url);
  const corners = [...svg.matchAll(/M(\d+),(\d+)/g)].flatMap(([, x, y]) => [Number(x), Number(y)]);
  expect(Math.min(...corners)).toBe(4 * MODULE);
  expect(Math.max(...corners)).toBe(size - 5 * MODULE);
  expect(svg).not.toMatch(/<script|href|on\w+=/);
});

test('a machine of a thousand networks has sixteen codes', () => {
  const addresses = Array.from({ length: 1_000 }, (_, at) => `http://10.0.${at >> 8}.${at & 255}`);
  expect(createJoinCodes(addresses)).toHaveLength(16);
});
