// Who may do what, as a page asks before it shows a lock.

import { z } from 'zod';

export const accessView = z
  .object({
    read: z
      .enum(['open', 'admin'])
      .describe('`admin`: watching and reading need the admin secret too.'),
    publish: z.enum(['open', 'admin']),
    admin: z.boolean().describe('Whether this request had the admin secret, or a session.'),
  })
  .meta({ id: 'Access' });
