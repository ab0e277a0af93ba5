// How this page stands with its server, for the header.

import { signal } from '@preact/signals';
import type { ConnectionState } from '#client/connection-state.ts';

/** Idle on pages that ask for nothing. */
export const serverState = signal<ConnectionState>({ kind: 'idle' });

const SILENCE: readonly (string | null)[] = ['unreachable', 'connect_timeout', 'silent'];

/** Nothing may be read without the admin secret. */
export function isLocked(state: ConnectionState): boolean {
  return 'failure' in state && state.failure?.code === 'admin_secret_needed';
}

/** A server that refuses is there all the same. */
export function reachesServer(state: ConnectionState): boolean {
  if (state.kind === 'connected') return true;
  const failure = 'failure' in state ? state.failure : null;
  return failure !== null && !SILENCE.includes(failure.code);
}
