// What one listener gets: where to, which channels, how encoded, under which SSRCs.

import type { ListenerConfig, StreamConfig } from '#contract/listening.ts';
import type { ListenerPlan, Rendition } from '#core/ports/sound-engine.ts';
import { clockRateOf } from '#media/sound/payload-types.ts';
import type { ConsoleSetup } from './console-setup.ts';
import { bitrateView, checkPorts, type Delivery, deliver, withEnoughBits } from './delivery.ts';
import {
  assignStreams,
  type NewSsrc,
  type RtpStream,
  type StreamsView,
  viewStreams,
} from './rtp-streams.ts';
import { isSameRendition } from './shared-renditions.ts';

interface ListenerSoundOptions {
  readonly setup: ConsoleSetup;
  /** What its network makes of what it asked for. */
  readonly adapt: (base: Rendition) => Rendition;
  /** What there is room for in the place of what it wants. */
  readonly share: (wanted: Rendition) => Rendition;
  readonly newSsrc: NewSsrc;
}

type SoundOfListener = Omit<ListenerPlan, 'id' | 'address' | 'isEventPending'>;

export class ListenerSound {
  readonly #options: ListenerSoundOptions;
  #udpPort: number | null = null;
  #hasWish = false;
  #delivery: Delivery;
  #rendition: Rendition;
  #streams: readonly RtpStream[] = [];
  #version = 0;

  /** Until a wish is there, the defaults. */
  constructor(options: ListenerSoundOptions) {
    this.#options = options;
    this.#delivery = deliver(options.setup, {});
    this.#rendition = withEnoughBits(this.#delivery.base);
  }

  get udpPort(): number | null {
    return this.#udpPort;
  }

  get hasWish(): boolean {
    return this.#hasWish;
  }

  /** It is known what is sent, and where to. */
  get isReady(): boolean {
    return this.#hasWish && this.#udpPort !== null;
  }

  get delivery(): Delivery {
    return this.#delivery;
  }

  get rendition(): Rendition {
    return this.#rendition;
  }

  /** Those that were agreed on. */
  get streams(): readonly RtpStream[] {
    return this.#streams;
  }

  get streamViews(): StreamsView {
    return viewStreams(this.#streams, this.#udpPort);
  }

  /** Throws `invalid_input` if the plain streams that it asked for do not fit above this port. */
  bind(udpPort: number): void {
    if (this.#hasWish) checkPorts(this.#delivery, udpPort);
    if (this.#udpPort !== null && this.#udpPort !== udpPort) this.renew();
    this.#udpPort = udpPort;
  }

  unbind(): void {
    this.#udpPort = null;
    this.renew();
  }

  /** Throws `invalid_input` as `bind` does; then nothing has changed. */
  ask(wish: ListenerConfig): void {
    const delivery = deliver(this.#options.setup, wish);
    if (this.#udpPort !== null) checkPorts(delivery, this.#udpPort);
    this.#hasWish = true;
    this.#delivery = delivery;
  }

  /** Sequence numbers will begin anew, which under the same SSRC receivers take for a great loss. */
  renew(): void {
    this.#streams = [];
  }

  /** Another packet time or bitrate than was agreed on is due. */
  get isOutdated(): boolean {
    return !isSameRendition(this.#adapted, this.#rendition);
  }

  get #adapted(): Rendition {
    const { adapt, share } = this.#options;
    return share(withEnoughBits(adapt(this.#delivery.base)));
  }

  /** Takes over what was asked for and what the network asks for: what the listener is told then. */
  agree(): StreamConfig {
    const { layout, channels, leftOut, base } = this.#delivery;
    this.#rendition = this.#adapted;
    const wish = { layout, rendition: this.#rendition, channels };
    this.#streams = assignStreams(wish, this.#streams, this.#options.newSsrc);
    this.#version++;
    return {
      compression: base.codec,
      layout,
      sample_rate: this.#rendition.sampleRate,
      clock_rate: clockRateOf(base),
      packet_time_ms: this.#rendition.packetMs,
      bitrate: bitrateView(this.#rendition),
      channels: channels.map(({ id, name }) => ({ id, name })),
      left_out: [...leftOut],
      streams: this.streamViews,
    };
  }

  /** Undefined if it gets nothing. */
  plan(): SoundOfListener | undefined {
    const udpPort = this.#udpPort;
    if (udpPort === null || this.#streams.length === 0) return undefined;
    return {
      rendition: this.#rendition,
      layout: this.#delivery.layout,
      rtpStreams: this.#streams.map(({ portOffset, ...stream }) => ({
        ...stream,
        port: udpPort + portOffset,
      })),
      stateVersion: this.#version,
    };
  }
}
