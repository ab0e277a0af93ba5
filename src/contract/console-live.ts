// What is said over `WS /api/v1/console/live`; besides, the server sends levels as binary messages.

import { z } from 'zod';
import { consoleView } from './console.ts';

const MAX_SECRET_CHARACTERS = 512;

export const liveMessage = z.object(
  {
    type: z.literal('auth', { error: 'must be auth' }),
    secret: z.string().min(1).max(MAX_SECRET_CHARACTERS),
  },
  { error: 'must be an object' },
);

export const liveNews = z.discriminatedUnion('type', [
  z.object({ type: z.literal('console'), payload: consoleView }),
  z.object({
    type: z.literal('error'),
    /** As of the HTTP API's problems. */
    code: z.string(),
    message: z.string(),
  }),
]);

export type LiveNews = z.infer<typeof liveNews>;
