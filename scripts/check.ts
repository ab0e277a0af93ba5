// Everything that can be said about the code without running it: format, lint rules and types.

import { formatResult, runStep, toolCommand } from './run-step.ts';

const steps = {
  'format and lint': toolCommand(
    'biome',
    'check',
    `--colors=${process.stdout.isTTY ? 'force' : 'off'}`,
  ),
  'types of the pure layers': toolCommand('tsc', '-p', 'tsconfig.pure.json'),
  'types of server, tests and scripts': toolCommand('tsc', '-p', 'tsconfig.json'),
  'types of the web': toolCommand('tsc', '-p', 'web/tsconfig.json'),
};

const results = await Promise.all(
  Object.entries(steps).map(async ([name, command]) => ({ name, result: await runStep(command) })),
);
for (const { name, result } of results) {
  console.log(formatResult(name, result));
  if (!result.ok) console.log(result.output);
}
process.exitCode = results.every(({ result }) => result.ok) ? 0 : 1;
