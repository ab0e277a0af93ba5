// Logging in and out, and the password: the server keeps who is logged in.

import type { SessionView } from '#contract/session.ts';
import { isAdmin, isPasswordSet } from './admin-session.ts';
import { changeServer } from './change-server.ts';

const SESSION = '/api/v1/session';

/** Throws nothing: who cannot be asked is no admin. */
export async function readSession(): Promise<void> {
  try {
    const session = JSON.parse(await changeServer('GET', SESSION)) as SessionView;
    isPasswordSet.value = session.password_set;
    isAdmin.value = session.admin;
  } catch {
    isAdmin.value = false;
  }
}

/** `password`: or the admin secret. */
export async function logIn(password: string): Promise<void> {
  await changeServer('POST', SESSION, { password });
  isAdmin.value = true;
}

export async function logOut(): Promise<void> {
  await changeServer('DELETE', SESSION);
  isAdmin.value = false;
}

/** `current`: or the admin secret; empty where none is needed. */
export async function changePassword(password: string, current: string): Promise<void> {
  await changeServer('PUT', '/api/v1/password', { password, ...(current !== '' && { current }) });
  isPasswordSet.value = true;
}
