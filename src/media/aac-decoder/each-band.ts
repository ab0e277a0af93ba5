// Every band of every window of a frame, with the coefficients that it spans.

import { SHORT_LENGTH, type WindowInfo } from './window-info.ts';

interface BandSpan {
  readonly group: number;
  readonly band: number;
  readonly start: number;
  readonly end: number;
}

export function forEachBand(info: WindowInfo, visit: (span: BandSpan) => void): void {
  const { offsets } = info.bands;
  let window = 0;
  info.groups.forEach((windows, group) => {
    for (const last = window + windows; window < last; window++) {
      // The only long window is number 0.
      const base = window * SHORT_LENGTH;
      for (let band = 0; band < info.maxBand; band++) {
        const start = base + (offsets[band] ?? 0);
        visit({ group, band, start, end: base + (offsets[band + 1] ?? 0) });
      }
    }
  });
}
