// Asks for the password of the admin, or the admin secret.

import { useSignal } from '@preact/signals';
import { isPasswordSet } from './admin-session.ts';
import { Failure, TextField } from './field.tsx';
import { logIn } from './login.ts';
import { text } from './settings.ts';
import { useAttempt } from './use-attempt.ts';

export function LoginForm() {
  const { login } = text.value;
  const entered = useSignal('');
  const { busy, failure, run } = useAttempt();
  return (
    <form
      class="card narrow"
      data-testid="login"
      onSubmit={(event) => {
        event.preventDefault();
        void run(() => logIn(entered.value.trim()));
      }}
    >
      <UserName />
      <TextField
        name="password"
        type="password"
        autocomplete="current-password"
        label={isPasswordSet.value ? login.password : login.secret}
        hint={isPasswordSet.value ? login.passwordHint : login.secretHint}
        value={entered.value}
        required
        onInput={(password) => {
          entered.value = password;
        }}
      />
      <Failure text={failure.value} />
      <button type="submit" class="button" disabled={busy.value}>
        {busy.value ? login.checking : login.enter}
      </button>
    </form>
  );
}

/** There is one admin; what keeps passwords wants a name for it. */
export function UserName() {
  return <input name="username" autocomplete="username" value="admin" readOnly hidden />;
}
