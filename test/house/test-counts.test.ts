// Tests of the count of tests in the closing line of `npm run verify`.

import { expect, test } from 'vitest';
import { addCounts, countTests } from '../../scripts/test-counts.ts';

function report(files: { status: string; tests: string[] }[]): string {
  const tests = files.flatMap((file) => file.tests);
  return JSON.stringify({
    numPassedTests: tests.filter((status) => status === 'passed').length,
    numFailedTests: tests.filter((status) => status === 'failed').length,
    testResults: files.map((file) => ({
      status: file.status,
      assertionResults: file.tests.map((status) => ({ status })),
    })),
  });
}

test('passed and failed tests are counted', () => {
  const files = [
    { status: 'passed', tests: ['passed', 'passed'] },
    { status: 'failed', tests: ['passed', 'failed', 'failed'] },
  ];
  expect(countTests(report(files))).toEqual({ passed: 3, failed: 2 });
});

test('a file that could not be loaded counts as one failed test', () => {
  expect(countTests(report([{ status: 'failed', tests: [] }]))).toEqual({ passed: 0, failed: 1 });
});

test('a run without a report counts as one failed test', () => {
  expect(countTests(undefined)).toEqual({ passed: 0, failed: 1 });
});

test('counts add up', () => {
  expect(addCounts({ passed: 1, failed: 2 }, { passed: 10, failed: 20 })).toEqual({
    passed: 11,
    failed: 22,
  });
});
