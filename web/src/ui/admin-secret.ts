// The admin secret, kept in this tab only: closing the tab forgets it.

import { signal } from '@preact/signals';

const KEY = 'yeoul.admin-secret';

/** Null: nobody has entered one that the server takes. */
export const adminSecret = signal<string | null>(read());

export function keepSecret(secret: string): void {
  adminSecret.value = secret;
  store(() => sessionStorage.setItem(KEY, secret));
}

export function forgetSecret(): void {
  adminSecret.value = null;
  store(() => sessionStorage.removeItem(KEY));
}

function read(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** Where storage is refused, the secret lasts as long as the page. */
function store(action: () => void): void {
  try {
    action();
  } catch {
    // See above.
  }
}
