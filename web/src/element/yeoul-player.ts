// <yeoul-player src="https://cameras.example/embed/gate">: a live picture in anybody's page.
//
//   not in the page, paused, hidden ──▶ no player, no traffic
//   in the page and wanted          ──▶ one player; it reconnects by itself

import type { Failure } from '#client/connection-state.ts';
import { PagePresence } from '../players/page-presence.ts';
import { watchPageVisible } from '../players/page-visibility.ts';
import { readQuality } from '../players/quality-mode.ts';
import { type PlayerView, WhepPlayer } from '../players/whep-player.ts';
import { toggleFullScreen } from '../ui/full-screen.ts';
import { ControlBar } from './control-bar.ts';
import { readAddress } from './element-address.ts';
import { elementStyles } from './element-styles.ts';
import { chooseWords } from './element-words.ts';

/** One for each server that this page plays from. */
const presences = new Map<string, PagePresence>();

class YeoulPlayer extends HTMLElement {
  static readonly observedAttributes = ['src', 'stream', 'muted', 'controls', 'quality'];

  readonly #root = this.attachShadow({ mode: 'open' });
  readonly #picture = document.createElement('div');
  readonly #words = document.createElement('p');
  readonly #bar = new ControlBar();
  #player: WhepPlayer | undefined;
  #unwatch: (() => void) | undefined;
  #paused = false;
  #shown = true;
  #muted = false;
  #told = '';
  #failure: Failure | null = null;

  constructor() {
    super();
    const styles = new CSSStyleSheet();
    styles.replaceSync(elementStyles);
    this.#root.adoptedStyleSheets = [styles];
    this.#words.className = 'words';
    this.#words.setAttribute('role', 'status');
    this.#root.append(this.#picture, this.#words, this.#bar.element);
  }

  connectedCallback(): void {
    this.#shown = !document.hidden;
    this.#muted = this.hasAttribute('muted');
    this.#unwatch = watchPageVisible((shown) => {
      this.#shown = shown;
      this.#update();
    });
    this.#update();
  }

  disconnectedCallback(): void {
    this.#unwatch?.();
    this.#stop();
  }

  attributeChangedCallback(name: string): void {
    if (!this.isConnected) return;
    if (name === 'muted') this.#setMuted(this.hasAttribute('muted'));
    if (name === 'quality') {
      this.#player?.setQualityMode(readQuality(this.getAttribute('quality')));
    }
    if (name === 'src' || name === 'stream') this.#stop();
    this.#update();
  }

  /** `idle`, `connecting`, `connected`, `waiting`, `gave-up` or `closed`. */
  get state(): string {
    return this.#player?.view.connection.kind ?? 'idle';
  }

  get paused(): boolean {
    return this.#paused;
  }

  play(): void {
    this.#paused = false;
    this.#update();
  }

  /** Ends the viewer at the server: what is not shown is not sent. */
  pause(): void {
    this.#paused = true;
    this.#update();
  }

  #update(): void {
    const wanted = this.isConnected && this.#shown && !this.#paused;
    if (!wanted) this.#stop();
    else if (!this.#player) this.#start();
    this.#show(this.#player?.view);
  }

  #start(): void {
    const { src, stream } = this.#attributes();
    const address = readAddress(src, stream, document.baseURI);
    if (!address) return;
    const { server, streamId } = address;
    const player = new WhepPlayer(
      `${server}/whep/${encodeURIComponent(streamId)}`,
      presenceOf(server),
    );
    this.#player = player;
    player.setMuted(this.#muted);
    player.setQualityMode(readQuality(this.getAttribute('quality')));
    player.subscribe((view) => this.#show(view));
    this.#picture.append(player.element);
    player.connect();
  }

  #stop(): void {
    this.#player?.close();
    this.#player?.element.remove();
    this.#player = undefined;
  }

  #setMuted(muted: boolean): void {
    this.#muted = muted;
    this.#player?.setMuted(muted);
  }

  #show(view: PlayerView | undefined): void {
    const words = chooseWords(this.lang || document.documentElement.lang || navigator.language);
    const connection = view?.connection;
    const failure = connection && 'failure' in connection ? connection.failure : null;
    const missing = !view && !this.#paused && this.#shown;
    const reason = failure?.reason ?? (missing ? words.nothing : words.connecting);
    this.#words.textContent = view?.playing || this.#paused ? '' : reason;
    this.#picture.className = view?.picture && !view.playing ? 'past' : '';
    this.#bar.show(this.hasAttribute('controls') ? this.#buttons(words) : []);
    this.#tell(view, failure);
  }

  #buttons(words: ReturnType<typeof chooseWords>) {
    const paused = this.#paused;
    const muted = this.#player?.view.muted ?? this.#muted;
    return [
      {
        icon: paused ? ('play' as const) : ('pause' as const),
        label: paused ? words.play : words.pause,
        onClick: () => (paused ? this.play() : this.pause()),
      },
      {
        icon: muted ? ('silent' as const) : ('sound' as const),
        label: muted ? words.unmute : words.mute,
        onClick: () => this.#setMuted(!muted),
      },
      {
        icon: 'expand' as const,
        label: words.fullScreen,
        onClick: () => void toggleFullScreen(this, this.#player?.video),
      },
    ];
  }

  /** One `statechange` for each change, and one `error` for each failure. */
  #tell(view: PlayerView | undefined, failure: Failure | null): void {
    const playing = view?.playing ?? false;
    const state = view?.connection.kind ?? 'idle';
    const told = `${state} ${playing}`;
    if (told !== this.#told) {
      this.#told = told;
      this.dispatchEvent(new CustomEvent('statechange', { detail: { state, playing } }));
    }
    if (failure === this.#failure) return;
    this.#failure = failure;
    if (!failure) return;
    const { code, reason } = failure;
    this.dispatchEvent(new CustomEvent('error', { detail: { code, message: reason } }));
  }

  #attributes() {
    return { src: this.getAttribute('src'), stream: this.getAttribute('stream') };
  }
}

function presenceOf(server: string): PagePresence {
  const known = presences.get(server);
  if (known) return known;
  const presence = new PagePresence(server);
  presence.start();
  presences.set(server, presence);
  return presence;
}

if (!customElements.get('yeoul-player')) customElements.define('yeoul-player', YeoulPlayer);
