// Liveness and readiness, with each part's state.

import { z } from 'zod';

export const healthView = z
  .object({
    status: z.enum(['ok', 'degraded']).describe('`degraded`: some part does not work.'),
    version: z.string(),
    uptimeSeconds: z.number(),
    time: z.iso
      .datetime()
      .describe("The server's clock, so that a client can find its own offset."),
    parts: z.array(
      z.object({
        name: z.string().describe('`viewers`, `stream:gate`'),
        status: z.enum(['ok', 'degraded']),
        detail: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'Health' });

export type HealthView = z.infer<typeof healthView>;
