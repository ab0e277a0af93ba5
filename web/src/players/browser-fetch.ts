// The browser's fetch as the client core wants it: never from a cache.

import type { Fetch } from '#client/http.ts';

export const browserFetch: Fetch = (url, request) => fetch(url, { cache: 'no-store', ...request });
