// The whole proof: packages, checks, web UI, all tests with coverage, and the tests in a browser.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatResult, repositoryRoot, runStep, toolCommand } from './run-step.ts';
import { addCounts, countTests } from './test-counts.ts';

const reportFolder = mkdtempSync(join(tmpdir(), 'yeoul-verify-'));
const reportPaths = ['tests', 'browser'].map((name) => join(reportFolder, `${name}.json`));

function script(name: string): string[] {
  return [process.execPath, join(repositoryRoot, 'scripts', name)];
}

function tests(reportPath: string | undefined, ...words: string[]): string[] {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportPath}`];
  return toolCommand('vitest', 'run', ...reporters, ...words);
}

const steps: Readonly<Record<string, string[]>> = {
  packages: script('debian-packages.ts'),
  check: script('check.ts'),
  'web UI': script('build-web.ts'),
  tests: tests(reportPaths[0], '--coverage'),
  'browser tests': tests(reportPaths[1], '--config', 'test/e2e/vitest.config.ts'),
};

// Every step runs even after one failed: the list at the end is worth more than a quick end.
const summary: string[] = [];
let allOk = true;
for (const [name, command] of Object.entries(steps)) {
  console.log(`\n── ${name}`);
  const result = await runStep(command, { show: true });
  summary.push(formatResult(name, result));
  allOk &&= result.ok;
}

const { passed, failed } = reportPaths
  .map((path) => countTests(existsSync(path) ? readFileSync(path, 'utf8') : undefined))
  .reduce(addCounts);
rmSync(reportFolder, { recursive: true });
console.log(`\n${summary.join('\n')}\n\n${passed} passed, ${failed} failed`);
process.exitCode = allOk && failed === 0 ? 0 : 1;
