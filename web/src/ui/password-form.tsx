// Chooses the password of the admin.

import { useSignal } from '@preact/signals';
import { isPasswordSet } from './admin-session.ts';
import { Failure, TextField } from './field.tsx';
import { changePassword } from './login.ts';
import { UserName } from './login-form.tsx';
import { text } from './settings.ts';
import { useAttempt } from './use-attempt.ts';

const EMPTY = { current: '', password: '', again: '' };

export function PasswordForm() {
  const { login } = text.value;
  const values = useSignal(EMPTY);
  const saved = useSignal(false);
  const { busy, failure, run } = useAttempt();
  const { current, password, again } = values.value;
  const change = (changes: Partial<typeof EMPTY>): void => {
    values.value = { ...values.value, ...changes };
    saved.value = false;
  };
  const save = async (): Promise<void> => {
    saved.value = await run(() => changePassword(password, current.trim()));
    if (saved.value) values.value = EMPTY;
  };
  const differs = again !== '' && again !== password;
  return (
    <form
      class="card narrow"
      data-testid="password-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!differs) void save();
      }}
    >
      <h2>{isPasswordSet.value ? login.change : login.choose}</h2>
      <p class="hint">{login.changeHint}</p>
      <UserName />
      {isPasswordSet.value && (
        <TextField
          name="current"
          type="password"
          autocomplete="current-password"
          label={login.current}
          value={current}
          required
          onInput={(text) => change({ current: text })}
        />
      )}
      <TextField
        name="new"
        type="password"
        label={login.new}
        hint={login.newHint}
        value={password}
        required
        onInput={(text) => change({ password: text })}
      />
      <TextField
        name="again"
        type="password"
        label={login.again}
        value={again}
        required
        onInput={(text) => change({ again: text })}
      />
      <Failure text={differs ? login.differs : failure.value} />
      {saved.value && <p class="good">{login.changed}</p>}
      <button type="submit" class="button" disabled={busy.value || differs}>
        {login.save}
      </button>
    </form>
  );
}
