// What a form about a stream holds, and what of it is sent: only what was changed, because shown
// addresses have lost their secrets and passwords are never shown at all.

import type { StreamSettings } from '#contract/stream-settings.ts';
import type { ShownSettings } from '#contract/streams.ts';

const sourceKinds = ['camera', 'publish', 'test'] as const;
type SourceKind = (typeof sourceKinds)[number];

/** As in the form's fields: empty text stands for none. */
export interface FormValues {
  readonly kind: SourceKind;
  readonly source: string;
  readonly sub: string;
  readonly name: string;
  readonly username: string;
  readonly password: string;
  readonly transport: StreamSettings['transport'];
  readonly open: StreamSettings['open'];
  readonly linger: string;
  readonly timeout: string;
  readonly fingerprint: string;
  readonly transcode: boolean;
}

/** A new camera. A test holds it against the contract's defaults, which the bundle must not import. */
export const emptyForm: FormValues = {
  kind: 'camera',
  source: '',
  sub: '',
  name: '',
  username: '',
  password: '',
  transport: 'tcp',
  open: 'always',
  linger: '10',
  timeout: '10',
  fingerprint: '',
  transcode: true,
};

export function fillForm(settings: ShownSettings): FormValues {
  const kind = kindOf(settings.source);
  return {
    kind,
    source: kind === 'camera' ? settings.source : '',
    sub: settings.sub ?? '',
    name: settings.name ?? '',
    username: settings.username ?? '',
    password: '',
    transport: settings.transport,
    open: settings.open,
    linger: String(settings.linger),
    timeout: String(settings.timeout),
    fingerprint: settings.fingerprint ?? '',
    transcode: settings.transcode,
  };
}

/** The settings of a new stream: what is as by default is left out. */
export function newSettings(values: FormValues): Partial<StreamSettings> {
  return { source: readForm(values).source, ...difference(emptyForm, values) };
}

/** What differs from `before`; null sets back. A password without a user name goes with it. */
export function changedSettings(
  before: ShownSettings,
  values: FormValues,
): Partial<StreamSettings> {
  const changes = difference(fillForm(before), values);
  const orphaned = before.hasPassword && changes.username === null;
  return orphaned ? { ...changes, password: null } : changes;
}

function difference(before: FormValues, after: FormValues): Partial<StreamSettings> {
  const old: Readonly<Record<string, unknown>> = readForm(before);
  const changed = Object.entries(readForm(after)).filter(([key, value]) => value !== old[key]);
  return Object.fromEntries(changed);
}

/** An empty password field says nothing: the one that is set stays. */
function readForm(values: FormValues): Omit<StreamSettings, 'enabled'> {
  const isCamera = values.kind === 'camera';
  const ofCamera = (value: string) => (isCamera ? orNull(value) : null);
  return {
    source: isCamera ? values.source.trim() : `${values.kind}:`,
    sub: ofCamera(values.sub),
    name: orNull(values.name),
    username: ofCamera(values.username),
    password: isCamera && values.password !== '' ? values.password : null,
    transport: values.transport,
    // Publishers come by themselves.
    open: values.kind === 'publish' ? 'always' : values.open,
    linger: Number(values.linger),
    timeout: Number(values.timeout),
    fingerprint: ofCamera(values.fingerprint),
    transcode: values.transcode,
  };
}

function kindOf(source: string): SourceKind {
  return sourceKinds.find((kind) => source === `${kind}:`) ?? 'camera';
}

function orNull(value: string): string | null {
  return value.trim() === '' ? null : value.trim();
}

/** `Front gate` → `front-gate`; empty where nothing of the name can be part of an id. */
export function suggestId(name: string): string {
  const words = name.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return words.join('-').slice(0, 64).replace(/-$/, '');
}
