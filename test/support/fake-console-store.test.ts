// Holds the store in memory against what every store keeps to.

import { beforeEach } from 'vitest';
import { describeConsoleStore } from './console-store-contract.ts';
import { FakeConsoleStore } from './fake-console-store.ts';

let store: FakeConsoleStore;

beforeEach(() => {
  store = new FakeConsoleStore();
});

describeConsoleStore(() => ({ store, close: () => {} }));
