// A measured figure, the bound that it has to hold, and both as a row of the table.

import { spreadOf } from '../spread.ts';

export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly values: readonly number[];
  /** Which of the values is held against the limit; a figure without a bound only informs. */
  readonly bound?: {
    readonly of: 'median' | 'min' | 'max';
    readonly at: 'least' | 'most';
    readonly limit: number;
  };
}

export const HEAD: readonly string[] = ['figure', 'median', 'min', 'max', 'bound', 'result'];

export function formatFigure(figure: Figure): string[] {
  const spread = spreadOf(figure.values);
  const { median, min, max } = spread;
  const { unit, bound } = figure;
  const numbers = [median, min, max].map((value) => `${formatNumber(value)} ${unit}`.trimEnd());
  const limit = bound
    ? `${bound.of} ${bound.at === 'least' ? '≥' : '≤'} ${bound.limit} ${unit}`.trimEnd()
    : '–';
  return [figure.name, ...numbers, limit, holds(figure) ? 'ok' : 'NOT OK'];
}

/** A figure that could not be measured holds no bound. */
export function holds({ values, bound }: Figure): boolean {
  if (!bound) return true;
  const value = spreadOf(values)[bound.of];
  return bound.at === 'least' ? value >= bound.limit : value <= bound.limit;
}

/** Three digits are more than any of these figures repeats to. */
function formatNumber(value: number): string {
  if (Number.isNaN(value)) return 'unknown';
  return value.toFixed(Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : 1);
}
