// The admin at a browser: a password of people's own choice beside the admin secret, and sessions.

import type { Log } from '#core/ports/log.ts';
import type { SettingsStore } from '#core/ports/settings-store.ts';
import { InputError } from '#std/errors.ts';
import type { Access } from './access.ts';
import { PasswordTurns } from './password-turns.ts';
import type { Sessions } from './sessions.ts';

const KEY = 'admin_password';

/** Slow on purpose, and off the thread that packets wait for. */
export interface PasswordHasher {
  /** What is kept of it: salt and costs are in it. */
  hash(password: string): Promise<string>;
  /** False too for what `hash` has not made. */
  verify(password: string, kept: string): Promise<boolean>;
}

interface AdminLoginOptions {
  readonly access: Pick<Access, 'isSecret' | 'isBlocked' | 'countWrong'>;
  readonly sessions: Sessions;
  readonly store: SettingsStore;
  readonly hasher: PasswordHasher;
  readonly log: Log;
}

interface PasswordChange {
  readonly password: string;
  /** Not needed by whoever sent the admin secret with the request. */
  readonly current: string | undefined;
  readonly hasSecret: boolean;
  readonly remote: string;
}

export class AdminLogin {
  readonly #options: AdminLoginOptions;
  readonly #turns = new PasswordTurns();

  constructor(options: AdminLoginOptions) {
    this.#options = options;
  }

  get sessions(): Sessions {
    return this.#options.sessions;
  }

  get isPasswordSet(): boolean {
    return this.#kept !== '';
  }

  /** The token of a new session. Throws `wrong_password`, `too_many_attempts`, `too_many_logins`. */
  async login(password: string, remote: string): Promise<string> {
    await this.#check(password, remote);
    this.#options.log.info('Admin logged in', { remote });
    return this.#options.sessions.open();
  }

  /** Ends all sessions; whoever did it by one gets another. Throws what `login` does. */
  async changePassword(change: PasswordChange): Promise<string | undefined> {
    const { password, current = '', hasSecret, remote } = change;
    const { hasher, store, sessions, log } = this.#options;
    if (!hasSecret && this.isPasswordSet) await this.#check(current, remote);
    const kept = await this.#turns.take(() => hasher.hash(password.normalize('NFC')));
    store.saveValues({ [KEY]: kept });
    sessions.endAll();
    log.info('Admin password changed', { remote });
    return hasSecret ? undefined : sessions.open();
  }

  get #kept(): string {
    return this.#options.store.value(KEY) ?? '';
  }

  /** The admin secret is a password too. */
  async #check(password: string, remote: string): Promise<void> {
    this.#refuseBlocked(remote);
    if (this.#options.access.isSecret(password)) return;
    if (await this.#turns.take(() => this.#verify(password, remote))) return;
    throw new InputError(
      'The password is wrong. The admin secret is taken too; "npm start -- --reset-admin-secret" makes a new one and forgets the password.',
      { code: 'wrong_password' },
    );
  }

  async #verify(password: string, remote: string): Promise<boolean> {
    const { access, hasher } = this.#options;
    // Others of this address may have been wrong while this one waited.
    this.#refuseBlocked(remote);
    const kept = this.#kept;
    const isRight = kept !== '' && (await hasher.verify(password.normalize('NFC'), kept));
    // A change in the meantime has ended all sessions: the old password must not open one more.
    if (isRight && kept === this.#kept) return true;
    // Still in its turn, so that whoever is next sees it.
    access.countWrong(remote);
    return false;
  }

  #refuseBlocked(remote: string): void {
    if (!this.#options.access.isBlocked(remote)) return;
    throw new InputError(
      'Too many wrong passwords came from your address. Wait some seconds, then send the right one.',
      { code: 'too_many_attempts' },
    );
  }
}

/** From then on only the admin secret is taken. */
export function forgetPassword(store: SettingsStore): void {
  store.saveValues({ [KEY]: '' });
}
