// The log on the console: readable lines, or JSON lines for a log collector.

import { formatForConsole } from './console-format.ts';

/** What of `process.stdout` is needed. */
export interface ConsoleStream {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
  on(event: 'error', listener: () => void): unknown;
}

export function consoleWriter(
  stream: ConsoleStream,
  { json }: { json: boolean },
): (line: string) => void {
  // A reader that went away (`yeoul | head`) or a full disk behind `>` must not end the server.
  stream.on('error', () => {});
  const options = { colour: stream.isTTY === true };
  return (line) => {
    stream.write(json ? line : formatForConsole(JSON.parse(line), options));
  };
}
