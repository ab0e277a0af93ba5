// Figures as people read them; a figure that is not known is a dash.

export const UNKNOWN = '–';

export function formatCount(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function formatMs(valueMs: number): string {
  if (valueMs < 9.95) return `${valueMs.toFixed(1)} ms`;
  if (valueMs < 999.5) return `${Math.round(valueMs)} ms`;
  if (valueMs < 59_950) return `${(valueMs / 1_000).toFixed(1)} s`;
  return `${Math.floor(valueMs / 60_000)} min`;
}

export function formatBitrate(valueKbps: number): string {
  return valueKbps < 1_000
    ? `${Math.round(valueKbps)} kb/s`
    : `${(valueKbps / 1_000).toFixed(2)} Mb/s`;
}

export function formatHertz(value: number): string {
  return `${value / 1_000} kHz`;
}

/** Decimal units, as network figures are. */
export function formatBytes(value: number): string {
  if (value < 1e6) return `${(value / 1e3).toFixed(1)} kB`;
  return value < 1e9 ? `${(value / 1e6).toFixed(1)} MB` : `${(value / 1e9).toFixed(2)} GB`;
}

export function formatPercent(value: number): string {
  return `${value.toFixed(value === 0 || value >= 10 ? 0 : 2)} %`;
}
