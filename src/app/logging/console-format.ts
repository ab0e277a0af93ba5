// One log line for people: `10:05:00.123 INFO  ICE connection state: connected  viewer=7f3a`.

import { stripVTControlCharacters, styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

const LEVEL_STYLES: Readonly<Record<string, Style>> = {
  debug: 'dim',
  info: 'green',
  warn: 'yellow',
  error: 'red',
};

interface FormatOptions {
  readonly colour: boolean;
}

/** `record` is one line of the JSON log, parsed. */
export function formatForConsole(
  record: Readonly<Record<string, unknown>>,
  { colour }: FormatOptions,
): string {
  const { time, level, message, ...fields } = record;
  const paint = (style: Style, text: string) =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const name = String(level);
  const head = [
    paint('dim', formatTime(String(time))),
    paint(LEVEL_STYLES[name] ?? 'red', name.toUpperCase().padEnd(5)),
    printable(String(message)),
  ].join(' ');
  const tail = Object.entries(fields).map(
    ([key, value]) => `${paint('dim', `${key}=`)}${formatValue(value)}`,
  );
  return `${[head, ...(tail.length > 0 ? [tail.join(' ')] : [])].join('  ')}\n`;
}

/** Local time of day: the date is in the file's name, and on a console it is today. */
function formatTime(isoTime: string): string {
  const time = new Date(isoTime);
  const digits = (value: number, length = 2) => String(value).padStart(length, '0');
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => digits(part));
  return `${clock.join(':')}.${digits(time.getMilliseconds(), 3)}`;
}

function formatValue(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[^\s"=\p{C}]+$/u.test(text) ? text : JSON.stringify(printable(text));
}

/** Names and reasons come from outside: no line breaks and no terminal commands among them. */
function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}+/gu, ' ');
}
