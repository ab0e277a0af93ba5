// The QR codes that musicians scan: one for each of the server's addresses, because the `.local` name
// is not found by every phone.

import { renderSVG } from 'uqr';
import type { JoinCode } from '#contract/console.ts';

/** As many as a page can show; a machine with more networks than that has most of them for itself. */
const MAX_CODES = 16;
/** ISO/IEC 18004 §5.3.8: modules of white around it. */
const QUIET_ZONE = 4;
const OWN = /^https?:\/\/(localhost|127\.[\d.]+|\[::1\])(:|$)/;

/** `addresses`: `http://192.0.2.9:8080`; those that only this machine can open are left out. */
export function createJoinCodes(addresses: readonly string[]): JoinCode[] {
  return addresses
    .filter((address) => !OWN.test(address))
    .slice(0, MAX_CODES)
    .map((address) => createJoinCode(`${address}/mix`));
}

function createJoinCode(url: string): JoinCode {
  // M: a seventh of it may be dirty or in the light of a lamp.
  return { url, svg: renderSVG(url, { ecc: 'M', border: QUIET_ZONE }) };
}
