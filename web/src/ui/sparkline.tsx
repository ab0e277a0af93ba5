// How a figure went lately, drawn on a canvas: the last minute of one that is watched, or what the
// server has kept of it.

import { useEffect, useRef } from 'preact/hooks';
import { text } from './settings.ts';

/** One sample a second. */
const KEPT_SAMPLES = 60;

const LINE_WIDTH_PX = 1.5;

/** Views come once a second and with every change of state; only the first kind is a sample. */
const SAMPLE_PERIOD_MS = 900;

export function Sparkline({ label, value }: { label: string; value: number | null }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const samples = useRef<(number | null)[]>([]);
  const sampledMs = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    const nowMs = performance.now();
    if (nowMs - sampledMs.current > SAMPLE_PERIOD_MS) {
      sampledMs.current = nowMs;
      samples.current = [...samples.current, value].slice(-KEPT_SAMPLES);
    }
    if (canvas.current) draw(canvas.current, samples.current);
  });
  return <Line canvas={canvas} label={text.value.panel.lastMinute(label)} />;
}

interface HistoryLineProperties {
  readonly label: string;
  /** Oldest first; only the newest are drawn. */
  readonly samples: readonly number[];
}

export function HistoryLine({ label, samples }: HistoryLineProperties) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current) draw(canvas.current, samples.slice(-KEPT_SAMPLES));
  });
  return <Line canvas={canvas} label={label} />;
}

interface LineProperties {
  readonly canvas: { current: HTMLCanvasElement | null };
  readonly label: string;
}

function Line({ canvas, label }: LineProperties) {
  return <canvas class="sparkline" ref={canvas} role="img" aria-label={label} />;
}

function draw(canvas: HTMLCanvasElement, samples: readonly (number | null)[]): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const ratio = devicePixelRatio;
  const width = Math.round(canvas.clientWidth * ratio);
  const height = Math.round(canvas.clientHeight * ratio);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  context.clearRect(0, 0, width, height);
  const { color } = getComputedStyle(canvas);
  const pad = LINE_WIDTH_PX * ratio;
  const highest = Math.max(...samples.map((sample) => sample ?? 0), Number.MIN_VALUE) * 1.15;
  const x = (index: number) => width - (samples.length - 1 - index) * (width / (KEPT_SAMPLES - 1));
  const y = (sample: number) => height - pad - (sample / highest) * (height - 2 * pad);
  context.lineWidth = pad;
  context.lineJoin = 'round';
  context.strokeStyle = color;
  context.fillStyle = color;
  for (const run of runs(samples)) {
    context.beginPath();
    for (const index of run) context.lineTo(x(index), y(samples[index] ?? 0));
    context.stroke();
    context.lineTo(x(run.at(-1) ?? 0), height);
    context.lineTo(x(run[0] ?? 0), height);
    context.globalAlpha = 0.14;
    context.fill();
    context.globalAlpha = 1;
  }
}

/** Unbroken stretches of known samples: what is not known is not drawn. */
function runs(samples: readonly (number | null)[]): number[][] {
  const found: number[][] = [];
  for (const [index, sample] of samples.entries()) {
    if (sample === null) continue;
    const last = found.at(-1);
    if (last?.at(-1) === index - 1) last.push(index);
    else found.push([index]);
  }
  return found;
}
