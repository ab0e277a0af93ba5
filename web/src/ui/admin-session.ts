// Whether this browser is logged in as the admin: by a cookie, which scripts do not see.

import { signal } from '@preact/signals';

/** Undefined until the server has said it. */
export const isAdmin = signal<boolean | undefined>(undefined);

/** Until then only the admin secret is taken. */
export const isPasswordSet = signal(false);
