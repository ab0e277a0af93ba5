// One RTP stream of a listener: everything in its packets that others do not share.

import { CONTROL_MESSAGE, STATUS_UPDATE, TIME_SYNC } from '#media/rtp/time-extension.ts';
import type { RtpStreamPlan } from '../../ports/sound-engine.ts';
import type { SoundDestination } from '../../ports/sound-output.ts';
import type { PayloadPart, SoundOutput } from './sound-output.ts';

/** RTP time from one time extension to the next (PRODUCT 2.5). */
const EXTENSION_PERIOD_S = 5;

/** What all streams of a listener have in common. */
export interface StreamOwner {
  readonly address: string;
  readonly stateVersion: number;
  readonly isEventPending: boolean;
  /** The version that its last time extension stood for. */
  announcedVersion: number | undefined;
  packets: number;
  bytes: number;
  sendErrors: number;
}

interface RtpStreamOptions {
  readonly owner: StreamOwner;
  readonly output: SoundOutput;
  readonly clockRate: number;
  /** Of the first packet. */
  readonly sequence: number;
  /** RTP time at the engine's start. The same in all streams of a listener, which so stay in step. */
  readonly timestampOffset: number;
}

export class RtpStream implements SoundDestination {
  port: number;
  readonly #owner: StreamOwner;
  readonly #output: SoundOutput;
  readonly #clockRate: number;
  readonly #timestampOffset: number;
  /** Written over by every packet. */
  readonly #fields = { marker: true, payloadType: 0, sequence: 0, timestamp: 0, ssrc: 0 };
  #nextExtension = Number.NEGATIVE_INFINITY;

  constructor({ ssrc, payloadType, port }: RtpStreamPlan, options: RtpStreamOptions) {
    this.port = port;
    this.#clockRate = options.clockRate;
    this.#owner = options.owner;
    this.#output = options.output;
    this.#timestampOffset = options.timestampOffset;
    this.#fields.sequence = options.sequence & 0xffff;
    this.#fields.payloadType = payloadType;
    this.#fields.ssrc = ssrc;
  }

  get address(): string {
    return this.#owner.address;
  }

  /** Receivers would read it as the same. */
  isSame({ ssrc, payloadType }: RtpStreamPlan, clockRate: number): boolean {
    const fields = this.#fields;
    return (
      fields.ssrc === ssrc && fields.payloadType === payloadType && this.#clockRate === clockRate
    );
  }

  /** What comes next does not follow what came before: its first packet has the marker. */
  noteGap(): void {
    this.#fields.marker = true;
  }

  send(part: PayloadPart): void {
    const fields = this.#fields;
    fields.timestamp = (this.#timestampOffset + part.position) >>> 0;
    const eventFlags = part.position >= this.#nextExtension ? this.#extend(part) : undefined;
    this.#owner.bytes += this.#output.send({ part, fields, eventFlags }, this);
    this.#owner.packets++;
    fields.sequence = (fields.sequence + 1) & 0xffff;
    fields.marker = false;
  }

  onSendError(): void {
    this.#owner.sendErrors++;
  }

  /** The flags of the extension that is due. */
  #extend({ position }: PayloadPart): number {
    const period = EXTENSION_PERIOD_S * this.#clockRate;
    const missed = Math.floor((position - this.#nextExtension) / period);
    this.#nextExtension = Number.isFinite(missed)
      ? this.#nextExtension + (missed + 1) * period
      : position + period;
    const owner = this.#owner;
    const isNews = owner.stateVersion !== (owner.announcedVersion ?? owner.stateVersion);
    owner.announcedVersion = owner.stateVersion;
    return TIME_SYNC | (isNews ? STATUS_UPDATE : 0) | (owner.isEventPending ? CONTROL_MESSAGE : 0);
  }
}
