// Changes at the server, with the admin secret as a bearer token: no cookie, so no other site can make
// a browser send them.

import { request } from '#client/http.ts';
import { browserFetch } from '../players/browser-fetch.ts';
import { adminSecret, forgetSecret } from './admin-secret.ts';

/** Throws what `request` throws; a secret that is no longer right is forgotten. */
export async function changeServer(
  method: 'POST' | 'PATCH' | 'DELETE' | 'GET',
  address: string,
  body?: object,
): Promise<string> {
  try {
    const response = await request(browserFetch, address, {
      method,
      headers: {
        ...authorization(adminSecret.value),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return await response.text();
  } catch (cause) {
    if (isSecretRefused(cause)) forgetSecret();
    throw cause;
  }
}

/** Whether the server takes `secret`. */
export async function isAdminSecret(secret: string): Promise<boolean> {
  const response = await request(browserFetch, '/api/v1/access', {
    method: 'GET',
    headers: authorization(secret),
  });
  const access = JSON.parse(await response.text()) as { admin?: unknown };
  return access.admin === true;
}

function authorization(secret: string | null): Record<string, string> {
  return secret === null ? {} : { authorization: `Bearer ${secret}` };
}

function isSecretRefused(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'admin_secret_needed';
}
