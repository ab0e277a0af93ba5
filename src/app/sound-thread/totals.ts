// Figures of the sound engine since the server's start: those of the thread that runs, added to those
// of the threads before it that died.

import type { CaptureState, ListenerCounters, SoundReport } from '#core/ports/sound-engine.ts';

type CaptureCounters = Pick<CaptureState, 'overruns' | 'lostFrames' | 'restarts'>;
type ReportTotals = Pick<SoundReport, 'packetsSent' | 'cpuSeconds' | 'strayDatagrams'>;
type ListenerTotals = Omit<ListenerCounters, 'id'>;

const NO_CAPTURE: CaptureCounters = { overruns: 0, lostFrames: 0, restarts: 0 };
const NO_REPORT: ReportTotals = { packetsSent: 0, cpuSeconds: 0, strayDatagrams: 0 };
const NO_LISTENER: ListenerTotals = { packets: 0, bytes: 0, sendErrors: 0 };

export class Totals {
  #capture = NO_CAPTURE;
  #report = NO_REPORT;
  /** Only of those in the last report: one that left begins anew. */
  #listeners = new Map<string, ListenerTotals>();
  #captureBefore = NO_CAPTURE;
  #reportBefore = NO_REPORT;
  #listenersBefore = new Map<string, ListenerTotals>();

  get capture(): CaptureCounters {
    return this.#capture;
  }

  addCapture(state: CaptureState): CaptureState {
    this.#capture = {
      overruns: this.#captureBefore.overruns + state.overruns,
      lostFrames: this.#captureBefore.lostFrames + state.lostFrames,
      restarts: this.#captureBefore.restarts + state.restarts,
    };
    return { ...state, ...this.#capture };
  }

  addReport(report: SoundReport): SoundReport {
    this.#report = {
      packetsSent: this.#reportBefore.packetsSent + report.packetsSent,
      cpuSeconds: this.#reportBefore.cpuSeconds + report.cpuSeconds,
      strayDatagrams: this.#reportBefore.strayDatagrams + report.strayDatagrams,
    };
    const listeners = report.listeners.map((each) => this.#addListener(each));
    this.#listeners = new Map(listeners.map((each) => [each.id, each]));
    return { ...report, ...this.#report, listeners };
  }

  /** The thread died: what it counted is kept, and that the capture has to start again. */
  startAnew(): void {
    this.#capture = { ...this.#capture, restarts: this.#capture.restarts + 1 };
    this.#captureBefore = this.#capture;
    this.#reportBefore = this.#report;
    this.#listenersBefore = this.#listeners;
  }

  #addListener({ id, packets, bytes, sendErrors }: ListenerCounters): ListenerCounters {
    const before = this.#listenersBefore.get(id) ?? NO_LISTENER;
    return {
      id,
      packets: before.packets + packets,
      bytes: before.bytes + bytes,
      sendErrors: before.sendErrors + sendErrors,
    };
  }
}
