// What comes in: whether it flows, from which device, or why not.

import type { CaptureDevice, CaptureView, ConsoleView } from '#contract/console.ts';
import { changeServer } from '../change-server.ts';
import { CheckField, ChoiceField, Failure } from '../field.tsx';
import { formatCount, formatMs } from '../format.ts';
import { text } from '../settings.ts';
import type { Tone } from '../state-words.ts';
import { useAttempt } from '../use-attempt.ts';
import { useDocument } from '../use-document.ts';
import { Section } from './section.tsx';
import { SettingsForm } from './settings-form.tsx';

const TONES: Readonly<Record<CaptureView['state'], Tone>> = {
  idle: 'still',
  opening: 'busy',
  live: 'live',
  failed: 'bad',
};

const TEST_CONSOLE = 'tones:';

export function CapturePanel({ view }: { view: ConsoleView }) {
  const { capture, settings } = view;
  const words = text.value.console.capture;
  const isFallback = settings.device === 'auto' && !view.device_from_file;
  return (
    <Section
      name="capture"
      aside={
        <p class="condition" data-testid="capture-state" data-state={capture.state} role="status">
          <span class={`dot ${TONES[capture.state]}`} />
          {words[capture.state]}
        </p>
      }
    >
      {settings.test_mode && <TestModeBanner />}
      {capture.reason && (
        <p
          class={capture.state === 'failed' ? 'reason bad' : 'reason'}
          data-testid="capture-reason"
        >
          {capture.reason} {capture.state === 'failed' && words.again}
        </p>
      )}
      {isFallback && capture.source === TEST_CONSOLE && (
        <p class="reason" data-testid="test-console">
          {words.testConsole}
        </p>
      )}
      <div class="capture-body">
        <CaptureFigures view={view} />
        <CaptureForm view={view} />
      </div>
    </Section>
  );
}

function TestModeBanner() {
  const words = text.value.console.capture;
  const { busy, failure, run } = useAttempt();
  const end = async (): Promise<void> => {
    await changeServer('PATCH', '/api/v1/console', { test_mode: false });
  };
  return (
    <div class="banner" role="alert" data-testid="test-mode">
      <p>{words.testModeOn}</p>
      <Failure text={failure.value} />
      <button
        type="button"
        class="button quiet"
        disabled={busy.value}
        onClick={() => void run(end)}
      >
        {words.testModeOff}
      </button>
    </div>
  );
}

function CaptureFigures({ view: { capture, delay, packets_sent } }: { view: ConsoleView }) {
  const words = text.value.console.capture;
  const format = [
    capture.channels && `${capture.channels} × ${(capture.sample_rate ?? 0) / 1_000} kHz`,
    capture.format,
  ];
  const figures: readonly (readonly [string, string | null])[] = [
    [words.source, capture.source],
    [words.format, format.filter((part) => part).join(' · ')],
    [words.delay, delay && words.delayOf(formatMs(delay.p50_ms), formatMs(delay.p99_ms))],
    [
      words.overruns,
      capture.overruns > 0
        ? words.overrunsOf(capture.overruns, formatCount(capture.lost_frames))
        : '0',
    ],
    [words.restarts, formatCount(capture.restarts)],
    [words.packets, formatCount(packets_sent)],
  ];
  return (
    <dl class="figure-strip">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value || '–'}</dd>
        </div>
      ))}
    </dl>
  );
}

function CaptureForm({ view }: { view: ConsoleView }) {
  const words = text.value.console.capture;
  const { document: read } = useDocument<{ devices: CaptureDevice[] }>('/api/v1/console/devices');
  return (
    <SettingsForm view={view}>
      {(values, change) => (
        <>
          <ChoiceField
            name="device"
            label={words.device}
            hint={view.device_from_file ? words.deviceInFile : undefined}
            value={view.device_from_file ? (view.capture.source ?? '') : values.device}
            choices={
              view.device_from_file
                ? [[view.capture.source ?? '', view.capture.source ?? '–']]
                : listDevices(read.value?.devices ?? [], values.device)
            }
            disabled={view.device_from_file}
            onInput={(device) => change({ device })}
          />
          <CheckField
            name="test_mode"
            label={words.testMode}
            checked={values.test_mode}
            onInput={(test_mode) => change({ test_mode })}
          />
        </>
      )}
    </SettingsForm>
  );
}

/** What there is, what is always there, and what is set even if it is not there now. */
function listDevices(
  devices: readonly CaptureDevice[],
  present: string,
): readonly (readonly [string, string])[] {
  const words = text.value.console.capture;
  const cards = devices.map(({ device, name, is_console }) => {
    const mark = is_console ? ` · ${words.isConsole}` : '';
    return [device, `${name} (${device})${mark}`] as const;
  });
  const known = [
    ['auto', words.auto] as const,
    ...cards,
    [TEST_CONSOLE, words.tones] as const,
    ['test:', words.test] as const,
  ];
  return known.some(([device]) => device === present) ? known : [...known, [present, present]];
}
