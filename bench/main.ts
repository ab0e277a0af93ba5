// `npm run bench -- NAME`: the measurements, each a folder here.

const benches: Readonly<
  Record<string, () => Promise<{ run(words: readonly string[]): Promise<boolean> }>>
> = {
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
process.stderr.write(`Which measurement? npm run bench -- ${Object.keys(benches).join(' | ')}\n`);
process.exit(1);
