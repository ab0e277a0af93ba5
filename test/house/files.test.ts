// The rules that hold for files as such: names, first lines, lengths, and what must not be in them.

import { expect, test } from 'vitest';
import { listFiles, readText } from './repository.ts';

const files = listFiles();
const code = files.filter((path) => /\.tsx?$/.test(path));

/** Longer than this, a file holds two things. */
const MAX_LINES = 400;

const BINARY = /\.(png|jpg|ico|woff2|mp4|webm|h264|h265|opus|wav|pcap|bin|yfr|yuv)$/;

function startsWithComment(source: string): boolean {
  return /^(#!.*\n)?(\/\/ \S|\/\*\*? \S|\/\*\*?\n)/.test(source);
}

function hasGoodName(path: string): boolean {
  const noun = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/;
  return path.split('/').every((part) => noun.test(part) || part === 'README.md');
}

/** Marks of unfinished work, of one machine's folders and of one network's package source. */
const UNWANTED: Readonly<Record<string, RegExp>> = {
  'an unfinished mark': RegExp(`\\b(${['TO', 'FIX'].join('DO|')}ME)\\b`),
  'a folder of one machine': /(^|[\s"'`(=:])\/(work|root|home\/[a-z]+|Users\/[A-Za-z]+)\//,
  'a package source': /https?:\/\/[^\s"'/]*\b(registry|artifactory|nexus|verdaccio|npm-proxy)\b/,
};

function unwantedIn(text: string): string[] {
  return Object.keys(UNWANTED).filter((name) => UNWANTED[name]?.test(text));
}

test('every TypeScript file says in its first line what it holds', () => {
  expect(code.filter((path) => !startsWithComment(readText(path)))).toEqual([]);
  expect(startsWithComment('import x')).toBe(false);
  expect(startsWithComment('#!/usr/bin/env node\n// Starts.\n')).toBe(true);
});

test('names under src, web, test, bench and scripts are kebab-case', () => {
  const named = files.filter((path) => /^(src|web|test|bench|scripts)\//.test(path));
  expect(named.filter((path) => !hasGoodName(path))).toEqual([]);
  expect(hasGoodName('src/std/ringBuffer.ts')).toBe(false);
  expect(hasGoodName('src/media/rtp/header.test.ts')).toBe(true);
});

test('no folder or file is named after a technique', () => {
  const technique = /(^|\/)(utils?|helpers?|services?|managers?|common)(\/|\.)/;
  const allowed = new Set(['src/api/services.ts']);
  expect(code.filter((path) => technique.test(path) && !allowed.has(path))).toEqual([]);
});

test('no TypeScript file has more than 400 lines', () => {
  expect(code.filter((path) => readText(path).split('\n').length > MAX_LINES + 1)).toEqual([]);
});

test('no file has an unfinished mark, a path of one machine or a package source', () => {
  const found = files
    .filter((path) => !BINARY.test(path))
    .flatMap((path) => unwantedIn(readText(path)).map((name) => `${path}: ${name}`));
  expect(found).toEqual([]);
});

test.each([
  ['// TO' + 'DO later', 'an unfinished mark'],
  ['// FIX' + 'ME', 'an unfinished mark'],
  [`open('/ro${'ot'}/x')`, 'a folder of one machine'],
  [`"https://regis${'try'}.example.org/x"`, 'a package source'],
])('%s is found', (text, name) => {
  expect(unwantedIn(text)).toEqual([name]);
});

test('the lock file names no place to download from', () => {
  expect(readText('package-lock.json')).not.toContain('"resolved"');
});

test('the lock file holds every package that it asks for, so that npm ci takes it', () => {
  const { packages } = JSON.parse(readText('package-lock.json')) as {
    packages: Record<string, { optionalDependencies?: object; dependencies?: object }>;
  };
  const has = (from: string, name: string): boolean =>
    `${from ? `${from}/` : ''}node_modules/${name}` in packages ||
    (from !== '' && has(from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))), name));
  const missing = Object.entries(packages).flatMap(([from, entry]) =>
    Object.keys({ ...entry.dependencies, ...entry.optionalDependencies }).filter(
      (name) => !has(from, name),
    ),
  );
  expect(missing).toEqual([]);
});
