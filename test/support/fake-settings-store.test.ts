// Holds the store in memory against what every store keeps to.

import { beforeEach } from 'vitest';
import { FakeSettingsStore } from './fake-settings-store.ts';
import { describeSettingsStore } from './settings-store-contract.ts';

let store: FakeSettingsStore;

beforeEach(() => {
  store = new FakeSettingsStore();
});

describeSettingsStore(() => store);
