// Figures are real: of each hundred packets exactly three are lost, and all who speak of it say 3 %.

import { afterEach, expect, test } from 'vitest';
import { type AudioMeta, qosReport } from '#contract/audio-meta.ts';
import { BadAir } from '../support/bad-air.ts';
import { ADMIN_YAML, ConsoleAdmin } from '../support/console-admin.ts';
import { ListenProcess } from '../support/listen-process.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

/** Never two in a row, so that each is one loss. */
const LOST_OF_HUNDRED = [10, 43, 76];
const LEAST = 2.7;
const MOST = 3.3;
const REPORTS = 3;

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

function expectThree(value: number | null | undefined): void {
  expect(value).toBeGreaterThanOrEqual(LEAST);
  expect(value).toBeLessThanOrEqual(MOST);
}

function warningsOf(client: ListenProcess) {
  return client
    .all('event')
    .flatMap(({ event }) => (event.type === 'network_warning' ? [event] : []))
    .filter(({ metric }) => metric === 'packet_loss_rate');
}

test('3 % that are lost are 3 % in reports, warnings, on the admin’s page and in the metrics', async () => {
  const server = await ServerProcess.start({ console: 'device: "test:"', yaml: ADMIN_YAML });
  endings.push(() => server.dispose());
  const air = await BadAir.open(server);
  endings.push(() => air.close());
  air.isLost = (number) => LOST_OF_HUNDRED.includes(number % 100);
  const client = new ListenProcess(air.url);
  endings.push(() => client.stop());
  const heardOf = () => air.reports.length >= REPORTS && warningsOf(client).length >= REPORTS - 1;
  await until(heardOf, { what: `${REPORTS} reports`, withinMs: 30_000 });

  const posted = air.reports.map((body) => qosReport.parse(JSON.parse(body)));
  expect(posted.length).toBeGreaterThanOrEqual(REPORTS);
  for (const { metrics } of posted) {
    expectThree(metrics.packet_loss_rate);
    expectThree(100 * (1 - metrics.packets_received / metrics.packets_expected));
  }
  for (const { value, threshold } of warningsOf(client)) {
    expectThree(value);
    expect(threshold).toBe(1);
  }
  const [session] = client.all('session');
  const id = session!.client_id;
  const { network, history } = await new ConsoleAdmin(server).listener(id);
  expectThree(network?.loss_percent);
  expect(history.length).toBeGreaterThanOrEqual(REPORTS - 1);
  for (const { loss_percent } of history) expectThree(loss_percent);
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  const ratio = RegExp(`^yeoul_sound_listener_loss_ratio\\{listener="${id}"\\} (\\S+)`, 'm').exec(
    metrics,
  );
  expectThree(100 * Number(ratio?.[1]));
  const meta = (await (
    await fetch(`${server.url}/audio-meta?client_id=${id}`)
  ).json()) as AudioMeta;
  expectThree(meta.network.packet_loss_rate);
}, 60_000);
