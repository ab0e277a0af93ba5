// What comes in: whether it flows, from which device, or why not.

import type { CaptureDevice, CaptureView, ConsoleView } from '#contract/console.ts';
import { changeServer } from '../change-server.ts';
import { CheckField, ChoiceField, Failure } from '../field.tsx';
import { formatCount, formatHertz, formatMs, UNKNOWN } from '../format.ts';
import { ServerText } from '../server-text.tsx';
import { language, text } from '../settings.ts';
import { describeFailure } from '../state-words.ts';
import { useAttempt } from '../use-attempt.ts';
import { useDocument } from '../use-document.ts';
import { useRecentGrowth } from '../use-recent-growth.ts';
import { CAPTURE_TONES } from './capture-tones.ts';
import { Section } from './section.tsx';
import { SettingsForm } from './settings-form.tsx';

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
          <span class={`dot ${CAPTURE_TONES[capture.state]}`} />
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
          <ServerText text={capture.reason} />
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
  const hasNewGaps = useRecentGrowth(capture.overruns);
  const format = [
    capture.channels && `${capture.channels} × ${formatHertz(capture.sample_rate ?? 0)}`,
    capture.format,
  ];
  const figures: readonly (readonly [string, string | null])[] = [
    [words.source, capture.source],
    [words.format, format.filter((part) => part).join(' · ')],
    [words.delay, delay && words.delayOf(formatMs(delay.p50_ms), formatMs(delay.p99_ms))],
    [words.overruns, describeGaps(capture, hasNewGaps)],
    [words.restarts, formatCount(capture.restarts)],
    [words.packets, formatCount(packets_sent)],
  ];
  return (
    <dl class="figure-strip">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class={hasNewGaps && name === words.overruns ? 'reason' : undefined}>
            {value || UNKNOWN}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function describeGaps({ overruns, lost_frames }: CaptureView, areNew: boolean): string {
  const words = text.value.console.capture;
  if (overruns === 0) return '0';
  const gaps = words.overrunsOf(overruns, formatCount(lost_frames));
  return areNew ? `${gaps} · ${words.overrunsNew}` : gaps;
}

function CaptureForm({ view }: { view: ConsoleView }) {
  const words = text.value.console.capture;
  return (
    <SettingsForm view={view}>
      {(values, change) => (
        <>
          {view.device_from_file ? (
            <FixedDevice source={view.capture.source} />
          ) : (
            <DeviceField value={values.device} onInput={(device) => change({ device })} />
          )}
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

function FixedDevice({ source }: { source: string | null }) {
  const words = text.value.console.capture;
  return (
    <ChoiceField
      name="device"
      label={words.device}
      hint={words.deviceInFile}
      value={source ?? ''}
      choices={[[source ?? '', source ?? UNKNOWN]]}
      disabled
      onInput={() => undefined}
    />
  );
}

interface DeviceFieldProperties {
  readonly value: string;
  readonly onInput: (device: string) => void;
}

/** Cards come and go: they are listed anew for who is about to choose. */
function DeviceField({ value, onInput }: DeviceFieldProperties) {
  const words = text.value.console.capture;
  const { document, failure, readAgain } = useDocument<{ devices: CaptureDevice[] }>(
    '/api/v1/console/devices',
  );
  return (
    <>
      <ChoiceField
        name="device"
        label={words.device}
        value={value}
        choices={listDevices(document.value?.devices ?? [], value)}
        onInput={onInput}
        onFocus={readAgain}
      />
      <button type="button" class="plain" data-testid="list-devices" onClick={readAgain}>
        {words.listDevices}
      </button>
      <Failure text={failure.value && describeFailure(failure.value, language.value)} />
    </>
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
