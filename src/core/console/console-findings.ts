// What is set on the console so that its sound will not arrive well, in words with the remedy.

import type { ConsoleAnswers } from './console-import.ts';

const USB_MODE = '/-prefs/card/USBmode';
const CLOCK_RATE = '/-prefs/clockrate';
const CARD_TYPE = '/-stat/xcardtype';
export const STATE_ADDRESSES = [USB_MODE, CLOCK_RATE, CARD_TYPE];

/** Of `/-prefs/card/USBmode`; the first number is what the console sends. */
const USB_MODES = ['32/32', '16/16', '32/8', '8/32', '8/8', '2/2'];
const SENDS_ALL = new Set(['32/32', '32/8']);
const CLOCK_44_1 = 1;
const NO_CARD = 0;

export function findFindings(answers: ConsoleAnswers): string[] {
  const mode = USB_MODES[numberAt(answers, USB_MODE) ?? -1];
  const findings: string[] = [];
  if (numberAt(answers, CARD_TYPE) === NO_CARD) {
    findings.push(
      'The console has no expansion card. Its USB channels come from an X-USB or X-LIVE card.',
    );
  }
  if (mode !== undefined && !SENDS_ALL.has(mode)) {
    findings.push(
      `The card is set to ${mode}, so only ${mode.split('/')[0]} channels arrive. Set it to 32/32: Setup > card.`,
    );
  }
  if (numberAt(answers, CLOCK_RATE) === CLOCK_44_1) {
    findings.push(
      'The console runs at 44.1 kHz, so Opus needs its sound resampled. 48 kHz is better: Setup > config.',
    );
  }
  return findings;
}

function numberAt(answers: ConsoleAnswers, address: string): number | undefined {
  const [value] = answers.get(address) ?? [];
  return typeof value === 'number' ? value : undefined;
}
