// The recorded and written offers of browsers; where each comes from stands beside them.

import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../fixtures/offers/', import.meta.url);

/** `chromium-156-recvonly`, `firefox-style`, `safari-style` */
export function loadOffer(name: string): string {
  return readFileSync(new URL(`${name}.sdp`, FOLDER), 'utf8');
}

export function loadOffers(): string[] {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.sdp'));
  return names.map((name) => loadOffer(name.replace(/\.sdp$/, '')));
}
