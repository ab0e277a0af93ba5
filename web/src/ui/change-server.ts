// Changes at the server. The session's cookie goes along by itself; no page of another site can make a
// browser send it.

import { request } from '#client/http.ts';
import { browserFetch } from '../players/browser-fetch.ts';
import { isAdmin } from './admin-session.ts';

/** Throws what `request` throws; a session that has ended is noticed. */
export async function changeServer(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'GET',
  address: string,
  body?: object,
): Promise<string> {
  try {
    const response = await request(browserFetch, address, {
      method,
      ...(body && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    return await response.text();
  } catch (cause) {
    if (isLoginNeeded(cause)) isAdmin.value = false;
    throw cause;
  }
}

function isLoginNeeded(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'admin_secret_needed';
}
