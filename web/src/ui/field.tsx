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
  readonly maxLength?: number;
  /** Of numbers. */
  readonly range?: { readonly min: number; readonly max: number; readonly step: number };
  /** Of passwords; without it, it is none of this page's own. */
  readonly autocomplete?: 'current-password';
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
          autocomplete={properties.autocomplete ?? (type === 'password' ? 'new-password' : 'off')}
          {...(properties.maxLength !== undefined && { maxLength: properties.maxLength })}
          {...properties.range}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Labelled>
  );
}

interface ChoiceFieldProperties<T extends string> extends FieldProperties {
  readonly name: string;
  readonly value: T;
  /** Records order keys that look like numbers; lists stay as they are. */
  readonly choices: Readonly<Record<T, string>> | readonly (readonly [T, string])[];
  readonly disabled?: boolean;
  readonly onInput: (value: T) => void;
  /** Somebody is about to choose. */
  readonly onFocus?: (() => void) | undefined;
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
          disabled={properties.disabled ?? false}
          onInput={(event) => onInput(event.currentTarget.value as T)}
          onFocus={properties.onFocus}
        >
          {listChoices(choices).map(([choice, words]) => (
            <option key={choice} value={choice}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

function listChoices<T extends string>(
  choices: ChoiceFieldProperties<T>['choices'],
): readonly (readonly [string, string])[] {
  return isList(choices) ? choices : Object.entries<string>(choices);
}

function isList<T extends string>(
  choices: ChoiceFieldProperties<T>['choices'],
): choices is readonly (readonly [T, string])[] {
  return Array.isArray(choices);
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

/** Why what was asked for was not done. */
export function Failure({ text }: { text: string | null }) {
  if (text === null) return null;
  return (
    <p class="reason bad" role="alert" data-testid="failure">
      {text}
    </p>
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
