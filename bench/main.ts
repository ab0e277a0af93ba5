// `npm run bench -- NAME`: the measurements, each a folder here.

const benches: Readonly<
  Record<string, () => Promise<{ run(words: readonly string[]): Promise<boolean> }>>
> = {
  cameras: () => import('./cameras/cameras.ts'),
  chaos: () => import('./chaos/chaos.ts'),
  'first-picture': () => import('./first-picture/first-picture.ts'),
  comeback: () => import('./comeback/comeback.ts'),
  latency: () => import('./latency/latency.ts'),
  path: () => import('./path/path.ts'),
  proof: () => import('./proof/proof.ts'),
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
  first-picture  how soon a camera is seen after Connect, and its skew, 4 minutes
  comeback how soon 100 cameras that went away together are seen again, 3 minutes
  latency  how long a packet takes through the server, 2 minutes
  path     one packet's way through the rules, some seconds
  proof    what the server promises, each figure against its bound, 4 minutes
  viewers  what 10, 50 and 200 viewers cost the server, 3 minutes
`);
process.exit(1);
