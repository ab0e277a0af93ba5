// Asks for the admin secret, and keeps one that the server takes.

import { useSignal } from '@preact/signals';
import { keepSecret } from './admin-secret.ts';
import { isAdminSecret } from './change-server.ts';
import { describeError } from './error-words.ts';
import { TextField } from './field.tsx';
import { language, text } from './settings.ts';

export function SecretForm() {
  const { admin } = text.value;
  const entered = useSignal('');
  const checking = useSignal(false);
  const failure = useSignal<string | null>(null);
  const check = async (): Promise<void> => {
    const secret = entered.value.trim();
    checking.value = true;
    failure.value = null;
    try {
      if (await isAdminSecret(secret)) keepSecret(secret);
      else failure.value = text.value.admin.wrong;
    } catch (cause) {
      failure.value = describeError(cause, language.value);
    }
    checking.value = false;
  };
  return (
    <form
      class="secret"
      onSubmit={(event) => {
        event.preventDefault();
        void check();
      }}
    >
      <TextField
        name="secret"
        type="password"
        label={admin.secret}
        hint={admin.secretHint}
        value={entered.value}
        required
        onInput={(secret) => {
          entered.value = secret;
        }}
      />
      {failure.value && (
        <p class="reason bad" role="alert">
          {failure.value}
        </p>
      )}
      <button type="submit" class="button" disabled={checking.value}>
        {checking.value ? admin.checking : admin.enter}
      </button>
    </form>
  );
}
