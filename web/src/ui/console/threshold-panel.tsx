// The figures from which on something is done: warnings, the way down, the jitter buffers.

import type { ConsoleView } from '#contract/console.ts';
import { TextField } from '../field.tsx';
import { text } from '../settings.ts';
import type { Words } from '../words.ts';
import { Section } from './section.tsx';
import { SettingsForm } from './settings-form.tsx';
import type { SettingsValues } from './settings-values.ts';

const TIME_MS = { min: 1, max: 10_000, step: 0.1 };
const SECONDS = { min: 1, max: 3_600, step: 1 };

type FieldWords = Exclude<keyof Words['console']['thresholds'], `${string}Hint`>;

interface Threshold {
  readonly key: Exclude<
    keyof SettingsValues,
    'device' | 'codec' | 'layout' | 'test_mode' | 'adaptive'
  >;
  readonly label: FieldWords;
  readonly hint?: 'ladderHint' | 'dropHint';
  readonly range: typeof TIME_MS;
}

const THRESHOLDS: readonly Threshold[] = [
  { key: 'warn_loss_percent', label: 'loss', range: { min: 0, max: 100, step: 0.1 } },
  { key: 'warn_jitter_ms', label: 'jitter', range: TIME_MS },
  { key: 'warn_latency_ms', label: 'latency', range: TIME_MS },
  { key: 'latency_threshold_ms', label: 'ladder', hint: 'ladderHint', range: TIME_MS },
  { key: 'step_down_after_s', label: 'down', range: SECONDS },
  { key: 'step_up_after_s', label: 'up', range: SECONDS },
  { key: 'jitter_interpolate_ms', label: 'interpolate', range: { ...TIME_MS, min: 0 } },
  { key: 'jitter_drop_ms', label: 'drop', hint: 'dropHint', range: { ...TIME_MS, min: 0 } },
];

export function ThresholdPanel({ view }: { view: ConsoleView }) {
  const { thresholds } = text.value.console;
  return (
    <Section name="thresholds">
      <SettingsForm view={view}>
        {(values, change) =>
          THRESHOLDS.map(({ key, label, hint, range }) => (
            <TextField
              key={key}
              name={key}
              type="number"
              label={thresholds[label]}
              hint={hint && thresholds[hint]}
              value={values[key]}
              range={range}
              required
              onInput={(value) => change({ [key]: value })}
            />
          ))
        }
      </SettingsForm>
    </Section>
  );
}
