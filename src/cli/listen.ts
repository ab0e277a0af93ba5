// `yeoul listen`: listeners as the native test client, until a time is over or a signal comes (PRODUCT 2.7).

import type { Clock, Timer } from '#std/clock.ts';
import { type ListenOptions, listenHelp, parseListenArguments } from './listen-arguments.ts';
import { formatEntry, type ListenEntry } from './listen-entry.ts';
import { ListenerCrowd } from './listener-crowd.ts';
import { findServer } from './server-address.ts';

interface ListenContext {
  /** Those after `listen`. */
  readonly words: readonly string[];
  readonly clock: Clock;
  readonly didYouMean: (word: string, known: Iterable<string>) => string;
}

/** The exit code: 1 if something was not as it should be. Throws `invalid_arguments`, `port_taken`. */
export async function run({ words, clock, didYouMean }: ListenContext): Promise<number> {
  const options = parseListenArguments({ words, environment: process.env, didYouMean });
  if (!options) {
    process.stdout.write(listenHelp);
    return 0;
  }
  const tell = teller(options, clock);
  const server = options.server ?? (await findServer());
  tell({ type: 'server', url: server });
  const crowd = new ListenerCrowd({ server, listen: options, clock, tell });
  let time: Timer | undefined;
  const timeIsOver = new Promise<void>((resolve) => {
    const { seconds } = options;
    if (seconds !== undefined) time = clock.after(seconds * 1_000, resolve);
  });
  const ended = Promise.race([untilSignal(), crowd.untilOver(), timeIsOver]);
  try {
    await crowd.start();
    await ended;
  } finally {
    // It would keep the process alive.
    time?.cancel();
    await crowd.close();
  }
  return crowd.tellResult() ? 0 : 1;
}

function teller({ json }: ListenOptions, clock: Clock): (entry: ListenEntry) => void {
  return (entry) => {
    const time = new Date(clock.wallMs()).toISOString();
    const line = json ? JSON.stringify({ time, ...entry }) : `${time} ${formatEntry(entry)}`;
    process.stdout.write(`${line}\n`);
  };
}

/** A second one ends the process at once. */
function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}
