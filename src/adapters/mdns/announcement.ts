// Announces the server as `<name>.local` on all of the machine's networks, as they come and go. It never
// fails: without it the server is found by its addresses.
//
//   waiting ──interface──▶ announcing ──taken───▶ announcing the next name: m32-server-2
//      ▲                     │     └──other interfaces──▶ anew on these
//      └──died: after 1 min──┘

import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import type { Log } from '#core/ports/log.ts';
import type { Clock, Timer } from '#std/clock.ts';
import { Announcer } from './announcer.ts';

/** An access point that is plugged in later is found within this. */
const CHECK_PERIOD_MS = 5_000;
const RETRY_MS = 60_000;
/** More servers of one name are not on one network: something else is wrong then. */
const MAX_NAMES = 20;
/** A label of DNS has 63 characters (RFC 1035 §2.3.4), our numbers three. */
const MAX_BASE_CHARACTERS = 60;
/** Networks of containers, virtual machines and tunnels: no phone is in there. */
const VIRTUAL = /^(docker|br-|veth|virbr|vmnet|vboxnet|cni|flannel|cali|tun|tap|wg|tailscale|zt)/;
const SCRIPT = new URL('./announcer-thread.ts', import.meta.url);

type Interfaces = NodeJS.Dict<NetworkInterfaceInfo[]>;

interface AnnouncementOptions {
  /** `m32-server`, announced as `m32-server.local` */
  readonly name: string;
  /** Of HTTP. */
  readonly port: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly interfaces?: () => Interfaces;
  readonly script?: URL;
}

export class Announcement {
  readonly #options: Required<AnnouncementOptions>;
  readonly #check: Timer;
  #announcer: Announcer | undefined;
  #announcedOn = '';
  #number = 1;
  #notBeforeMs = 0;
  #changing: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: AnnouncementOptions) {
    this.#options = { interfaces: networkInterfaces, script: SCRIPT, ...options };
    this.#check = options.clock.every(CHECK_PERIOD_MS, () => this.#follow());
    this.#follow();
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#check.cancel();
    await this.#changing;
    await this.#silence();
  }

  get #hostname(): string {
    const { name } = this.#options;
    return this.#number === 1 ? name : `${name.slice(0, MAX_BASE_CHARACTERS)}-${this.#number}`;
  }

  /** What there is now shall be announced on. */
  #follow(): void {
    if (this.#changing || this.#isClosed) return;
    const wanted = namesOf(this.#options.interfaces());
    const isAsWanted = this.#announcer !== undefined && wanted.join() === this.#announcedOn;
    const isNothing = this.#announcer === undefined && wanted.length === 0;
    if (isAsWanted || isNothing || this.#options.clock.nowMs() < this.#notBeforeMs) return;
    this.#changing = this.#change(wanted).finally(() => {
      this.#changing = undefined;
    });
  }

  async #change(interfaces: readonly string[]): Promise<void> {
    await this.#silence();
    if (!this.#isClosed && interfaces.length > 0) this.#announce(interfaces);
  }

  #announce(interfaces: readonly string[]): void {
    const { port, log, script } = this.#options;
    const hostname = this.#hostname;
    const name = `${hostname}.local`;
    this.#announcedOn = interfaces.join();
    const announcer = new Announcer({
      script,
      data: { hostname, port, interfaces },
      log,
      onAnnounced: () => this.#say(announcer, name),
      onTaken: () => this.#takeNextName(announcer, name),
      onEnded: (reason) => this.#wait(announcer, reason),
    });
    this.#announcer = announcer;
  }

  #say(announcer: Announcer, name: string): void {
    if (announcer !== this.#announcer) return;
    this.#options.log.info('Announced by mDNS', { name, interfaces: this.#announcedOn });
  }

  /** Whether it found out at the start or later. */
  #takeNextName(announcer: Announcer, name: string): void {
    if (announcer !== this.#announcer || this.#number === MAX_NAMES) return;
    this.#number++;
    const next = `${this.#hostname}.local`;
    this.#options.log.warn('mDNS name is taken', { name, next });
    this.#announcedOn = '';
    this.#follow();
  }

  #wait(announcer: Announcer, reason: string): void {
    if (announcer !== this.#announcer) return;
    this.#announcer = undefined;
    const { clock, log } = this.#options;
    this.#notBeforeMs = clock.nowMs() + RETRY_MS;
    log.warn('mDNS failed: found by its addresses only', { reason, againInMs: RETRY_MS });
  }

  async #silence(): Promise<void> {
    const announcer = this.#announcer;
    this.#announcer = undefined;
    await announcer?.close(this.#options.clock);
  }
}

/** The names of those through which phones may come. */
function namesOf(interfaces: Interfaces): string[] {
  return Object.entries(interfaces)
    .filter(([name, addresses = []]) => !VIRTUAL.test(name) && addresses.some(isOfNetwork))
    .map(([name]) => name)
    .sort();
}

/** mDNS is spoken by IPv4; the IPv6 addresses are among the answers. */
function isOfNetwork({ family, internal }: NetworkInterfaceInfo): boolean {
  return family === 'IPv4' && !internal;
}
