// The fields about a stream: those that every camera needs, and the rest behind "More".

import { CheckField, ChoiceField, TextField } from './field.tsx';
import { text } from './settings.ts';
import type { FormValues } from './stream-form-values.ts';

interface StreamFieldsProperties {
  readonly values: FormValues;
  readonly hasPassword: boolean;
  readonly onChange: (changes: Partial<FormValues>) => void;
}

export function StreamFields(properties: StreamFieldsProperties) {
  const { form } = text.value;
  const { values, onChange } = properties;
  return (
    <>
      <TextField
        name="name"
        label={form.name}
        hint={form.nameHint}
        value={values.name}
        onInput={(name) => onChange({ name })}
      />
      <ChoiceField
        name="kind"
        label={form.kind}
        value={values.kind}
        choices={form.kinds}
        onInput={(kind) => onChange({ kind })}
      />
      {values.kind === 'camera' && <CameraFields {...properties} />}
    </>
  );
}

function CameraFields({ values, hasPassword, onChange }: StreamFieldsProperties) {
  const { form } = text.value;
  return (
    <>
      <TextField
        name="source"
        type="url"
        label={form.source}
        hint={form.sourceHint}
        value={values.source}
        pattern="[Rr][Tt][Ss][Pp][Ss]?://.+"
        required
        onInput={(source) => onChange({ source })}
      />
      <TextField
        name="username"
        label={form.username}
        value={values.username}
        onInput={(username) => onChange({ username })}
      />
      <TextField
        name="password"
        type="password"
        label={form.password}
        value={values.password}
        placeholder={hasPassword ? form.passwordSet : undefined}
        onInput={(password) => onChange({ password })}
      />
      <TextField
        name="sub"
        type="url"
        label={form.sub}
        hint={form.subHint}
        value={values.sub}
        pattern="[Rr][Tt][Ss][Pp][Ss]?://.+"
        onInput={(sub) => onChange({ sub })}
      />
    </>
  );
}

/** What most cameras can leave as it is. */
export function MoreFields({ values, onChange }: Omit<StreamFieldsProperties, 'hasPassword'>) {
  const { form } = text.value;
  return (
    <details>
      <summary>{form.more}</summary>
      <div class="fieldset">
        {values.kind === 'camera' && (
          <ChoiceField
            name="transport"
            label={form.transport}
            value={values.transport}
            choices={form.transports}
            onInput={(transport) => onChange({ transport })}
          />
        )}
        {values.kind !== 'publish' && (
          <ChoiceField
            name="open"
            label={form.open}
            value={values.open}
            choices={form.opens}
            onInput={(open) => onChange({ open })}
          />
        )}
        {values.open === 'demand' && (
          <TextField
            name="linger"
            type="number"
            label={form.linger}
            value={values.linger}
            required
            onInput={(linger) => onChange({ linger })}
          />
        )}
        <TextField
          name="timeout"
          type="number"
          label={form.timeout}
          value={values.timeout}
          required
          onInput={(timeout) => onChange({ timeout })}
        />
        {values.kind === 'camera' && (
          <TextField
            name="fingerprint"
            label={form.fingerprint}
            hint={form.fingerprintHint}
            value={values.fingerprint}
            onInput={(fingerprint) => onChange({ fingerprint })}
          />
        )}
        <CheckField
          name="transcode"
          label={form.transcode}
          checked={values.transcode}
          onInput={(transcode) => onChange({ transcode })}
        />
      </div>
    </details>
  );
}
