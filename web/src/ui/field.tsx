// The fields of a form: a label, the input, a hint below it.

import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProperties {
  readonly label: string;
  readonly hint?: string | undefined;
}

interface TextFieldProperties extends FieldProperties {
  readonly name: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly type?: 'text' | 'password' | 'number' | 'url';
  readonly placeholder?: string | undefined;
  readonly pattern?: string;
  readonly required?: boolean;
}

export function TextField(properties: TextFieldProperties) {
  const { label, hint, name, value, onInput, type = 'text', placeholder } = properties;
  return (
    <Labelled label={label} hint={hint}>
      {(id) => (
        <input
          id={id}
          aria-describedby={`${id}-hint`}
          name={name}
          // The types of the elements do not know an input whose type varies.
          type={type as 'text'}
          value={value}
          {...(placeholder !== undefined && { placeholder })}
          {...(properties.pattern !== undefined && { pattern: properties.pattern })}
          required={properties.required ?? false}
          spellcheck={false}
          autocapitalize="none"
          // The camera's password is none of this page's own.
          autocomplete={type === 'password' ? 'new-password' : 'off'}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Labelled>
  );
}

interface ChoiceFieldProperties<T extends string> extends FieldProperties {
  readonly name: string;
  readonly value: T;
  readonly choices: Readonly<Record<T, string>>;
  readonly onInput: (value: T) => void;
}

export function ChoiceField<T extends string>(properties: ChoiceFieldProperties<T>) {
  const { label, hint, name, value, choices, onInput } = properties;
  return (
    <Labelled label={label} hint={hint}>
      {(id) => (
        <select
          id={id}
          aria-describedby={`${id}-hint`}
          name={name}
          value={value}
          onInput={(event) => onInput(event.currentTarget.value as T)}
        >
          {Object.entries<string>(choices).map(([choice, words]) => (
            <option key={choice} value={choice}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

interface CheckFieldProperties {
  readonly label: string;
  readonly name: string;
  readonly checked: boolean;
  readonly onInput: (checked: boolean) => void;
}

export function CheckField({ label, name, checked, onInput }: CheckFieldProperties) {
  return (
    <label class="field check">
      <input
        name={name}
        type="checkbox"
        checked={checked}
        onInput={(event) => onInput(event.currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  );
}

interface LabelledProperties extends FieldProperties {
  readonly children: (id: string) => ComponentChildren;
}

/** The hint describes the field; it is not part of its name. */
function Labelled({ label, hint, children }: LabelledProperties) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children(id)}
      {hint && <small id={`${id}-hint`}>{hint}</small>}
    </div>
  );
}
