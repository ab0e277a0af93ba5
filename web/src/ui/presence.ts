// The one presence of this page.

import { PagePresence } from '../players/page-presence.ts';

export const presence = new PagePresence();
