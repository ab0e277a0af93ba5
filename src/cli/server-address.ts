// Where the server is, if nobody said so: this machine, else the name by which it is found (PRODUCT 2.1).

import { lookup } from 'node:dns/promises';

const HERE = 'http://localhost:8080';
const NAME = 'm32-server.local';
const NAMED = `http://${NAME}:8080`;
/** Of an answer on this machine. */
const ANSWER_WITHIN_MS = 1_000;
/** By mDNS, an answer takes some hundreds of milliseconds, and no answer several seconds. */
const RESOLVE_WITHIN_MS = 2_000;

/** Never rejects: the listeners themselves say that nothing answers. */
export async function findServer(): Promise<string> {
  if (await readMeta(HERE)) return HERE;
  return (await resolves(NAME)) ? NAMED : HERE;
}

/** What listeners get that ask for no layout: plain streams need a port each. */
export async function readDefaultLayout(server: string): Promise<unknown> {
  const meta = await readMeta(server);
  return meta && Reflect.get(meta, 'layout');
}

/** Undefined if nothing answers, or something else. */
async function readMeta(server: string): Promise<object | undefined> {
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const response = await fetch(`${server}/audio-meta`, { signal });
    const meta: unknown = await response.json();
    return response.ok && typeof meta === 'object' && meta !== null ? meta : undefined;
  } catch {
    return undefined;
  }
}

async function resolves(name: string): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), RESOLVE_WITHIN_MS);
  });
  const found = lookup(name).then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([found, late]);
  } finally {
    clearTimeout(timer);
  }
}
