// `npm run bench -- NAME`: the measurements, each a folder here.

const benches: Readonly<
  Record<string, () => Promise<{ run(words: readonly string[]): Promise<boolean> }>>
> = {
  cameras: () => import('./cameras/cameras.ts'),
  chaos: () => import('./chaos/chaos.ts'),
  console: () => import('./console/console.ts'),
  'first-picture': () => import('./first-picture/first-picture.ts'),
  comeback: () => import('./comeback/comeback.ts'),
  gradual: () => import('./sound/gradual.ts'),
  latency: () => import('./latency/latency.ts'),
  path: () => import('./path/path.ts'),
  proof: () => import('./proof/proof.ts'),
  sound: () => import('./sound/sound.ts'),
  stress: () => import('./sound/stress.ts'),
  unstable: () => import('./sound/unstable.ts'),
  viewers: () => import('./viewers/viewers.ts'),
};

const [name = '', ...words] = process.argv.slice(2);
const load = benches[name];
if (load) {
  const { run } = await load();
  process.exit((await run(words)) ? 0 : 1);
}
process.stderr.write(`Which measurement? npm run bench -- NAME
  cameras  what 100 cameras cost, at 100 kb/s and at 1 Mb/s, 21 minutes
  chaos    50 cameras fail beside 10 whose viewers count every frame, 12 minutes
  console  what 32 channels of sound cost: encoding and packets, 20 seconds
  first-picture  how soon a camera is seen after Connect, and its skew, 4 minutes
  comeback how soon 100 cameras that went away together are seen again, 3 minutes
  gradual  from 1 listener of the console to 20 or to the one that is too many, 5 hours
  latency  how long a packet takes through the server, 2 minutes
  path     one packet's way through the rules, some seconds
  proof    what the server promises, each figure against its bound, 4 minutes
  sound    20 listeners of 32 channels, each figure against its bound, 22 minutes
  stress   20 listeners at once, 31 minutes
  unstable 20 listeners behind bad links, and outages that they come back from, 50 minutes
  viewers  what 10, 50 and 200 viewers cost the server, 3 minutes
`);
process.exit(1);
