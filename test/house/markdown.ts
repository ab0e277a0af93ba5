// Reads the parts of a Markdown document that tests hold against the repository.

import { posix } from 'node:path';

interface CodeBlock {
  readonly language: string;
  readonly text: string;
}

const FENCE = /^( *)```(\w*)\n([\s\S]*?)^\1```$/gm;

export function readCodeBlocks(markdown: string): CodeBlock[] {
  return Array.from(markdown.matchAll(FENCE), ([, , language = '', text = '']) => ({
    language,
    text,
  }));
}

/** The document without its code blocks. */
function prose(markdown: string): string {
  return markdown.replace(FENCE, '');
}

/** `## Ports` → `[2, 'Ports']`. */
export function readHeadings(markdown: string): [level: number, text: string][] {
  const lines = prose(markdown).matchAll(/^(#{1,6}) +(.+)$/gm);
  return Array.from(lines, ([, marks = '', text = '']) => [marks.length, text]);
}

/** What stands in backticks. */
export function readInlineCode(markdown: string): string[] {
  return Array.from(prose(markdown).matchAll(/`([^`]+)`/g), ([, text = '']) =>
    text.replaceAll(/\s+/g, ' '),
  );
}

/** Everything a reader might run or type: code blocks and what stands in backticks. */
export function readCode(markdown: string): string[] {
  return [...readCodeBlocks(markdown).map(({ text }) => text), ...readInlineCode(markdown)];
}

/** Targets of links, as written. */
function readLinks(markdown: string): string[] {
  const text = prose(markdown).replaceAll(/`[^`]+`/g, '');
  return Array.from(text.matchAll(/\]\(([^)\s]+)\)/g), ([, target = '']) => target);
}

/** The text between this heading and the next one of its level or above. */
export function readSection(markdown: string, heading: string): string {
  const [, after = ''] = markdown.split(`\n${heading}\n`);
  const level = heading.split(' ', 1)[0] ?? '';
  return after.split(new RegExp(`^#{1,${level.length}} `, 'm'))[0] ?? '';
}

/** The anchor that code hosts give to a heading. */
export function anchorOf(heading: string): string {
  const words = heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, '');
  return words.replaceAll(' ', '-');
}

/**
 * The links of the document at `path` that lead nowhere. `read` gives a file's text, or undefined if
 * there is no such file or folder.
 */
export function findDeadLinks(path: string, read: (path: string) => string | undefined): string[] {
  const inside = readLinks(read(path) ?? '').filter((link) => !/^[a-z]+:/.test(link));
  return inside.filter((link) => {
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? path : posix.join(posix.dirname(path), file);
    const text = read(target);
    if (text === undefined) return true;
    if (anchor === undefined) return false;
    return !readHeadings(text).some(([, heading]) => anchorOf(heading) === anchor);
  });
}

/**
 * The paths in a drawn tree: two spaces a level, a slash after folders, the meaning behind at least
 * two spaces. `a.md, b.md` are two files.
 */
export function readTree(text: string): string[] {
  const folders: string[] = [];
  return text.split('\n').flatMap((line) => {
    const [, indent = '', names = ''] = /^( *)(\S.*?)(?: {2,}.*)?$/.exec(line) ?? [];
    if (names === '') return [];
    const level = indent.length / 2;
    const parent = folders.slice(0, level).join('');
    if (names.endsWith('/')) folders[level] = names;
    return names.split(', ').map((name) => parent + name);
  });
}
