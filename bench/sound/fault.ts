// Faults that are injected on purpose: each must show as the bottleneck that it is.

import type { LinkQuality } from '../links/link.ts';
import { GOOD_LINK } from './relay-skills.ts';

export type Fault =
  | { readonly kind: 'cpu'; readonly percent: number }
  | { readonly kind: 'link'; readonly megabits: number }
  | { readonly kind: 'loss'; readonly percent: number };

type LinkFault = Exclude<Fault, { kind: 'cpu' }>;

const FORM = 'must be cpu[=PERCENT], link[=MBPS] or loss[=PERCENT]';
/** In stretches that are longer than what a sound card holds. */
const BUSY_PERCENT = 60;
/** Some four clients with 32 channels. */
const LINK_MBPS = 10;
const LOSS_PERCENT = 3;

/** `link`, `link=5` */
export function parseFault(text: string): Fault {
  const [, kind, value] = /^(cpu|link|loss)(?:=(\d+(?:\.\d+)?))?$/.exec(text) ?? [];
  const amount = (otherwise: number) => (value === undefined ? otherwise : Number(value));
  if (kind === 'cpu') return { kind, percent: amount(BUSY_PERCENT) };
  if (kind === 'link') return { kind, megabits: amount(LINK_MBPS) };
  if (kind === 'loss') return { kind, percent: amount(LOSS_PERCENT) };
  throw new Error(`--fault ${FORM}, not "${text}"`);
}

export function needsLink(fault: Fault | undefined): boolean {
  return fault !== undefined && fault.kind !== 'cpu';
}

export function qualityOf(fault: LinkFault): LinkQuality {
  return fault.kind === 'link'
    ? { ...GOOD_LINK, bandwidthMbps: fault.megabits }
    : { ...GOOD_LINK, lossRatio: fault.percent / 100 };
}

export function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case 'cpu':
      return `other processes that use ${fault.percent} % of the server’s processor`;
    case 'link':
      return `a link of ${fault.megabits} Mb/s`;
    case 'loss':
      return `a link that loses ${fault.percent} %`;
  }
}
