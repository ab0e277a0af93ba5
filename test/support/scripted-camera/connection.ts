// One RTSP connection of a scripted camera: its answers (RFC 2326 §10) and its media.

import { readRtcp } from '#media/rtcp/reading.ts';
import type { Timer } from '#std/clock.ts';
import type { Behaviour } from './behaviour.ts';
import type { CameraClip } from './clip.ts';
import { formatDescription } from './description.ts';
import type { CameraDesk } from './desk.ts';
import { LoginDesk } from './login.ts';
import type { Player } from './player.ts';
import type { TrackPath } from './track-sender.ts';
import { UdpPath } from './udp-path.ts';
import { type CameraRequest, CameraWire, formatFrame, formatMessage } from './wire.ts';

/** The way to the client: a socket, or the GET half of a tunnel. */
export interface CameraLink {
  readonly remoteAddress: string | undefined;
  readonly writableLength: number;
  write(bytes: string | Uint8Array): unknown;
  cork(): void;
  uncork(): void;
  destroy(): unknown;
}

type Answer = readonly [
  status: string,
  headers?: Readonly<Record<string, string | undefined>> | undefined,
  body?: string,
];

const WEB_PAGE = '<html><body><h1>400 Bad Request</h1></body></html>';
const DEFAULT_TIMEOUT_SECONDS = 60;
/** What a camera's TCP buffer may hold before it drops packets. */
const MAX_PENDING_BYTES = 1024 * 1024;
const STRAY = formatFrame(14, Uint8Array.of(1, 2, 3));

export class CameraConnection {
  readonly #link: CameraLink;
  readonly #desk: CameraDesk;
  readonly #wire: CameraWire;
  readonly #login: LoginDesk;
  readonly #paths: (TrackPath | undefined)[] = [];
  readonly #udp: UdpPath[] = [];
  readonly #timers: Timer[] = [];
  #clip: CameraClip | undefined;
  #player: Player | undefined;
  #session: string | undefined;
  #work: Promise<void> = Promise.resolve();
  #heardAtMs: number;
  #packets = 0;
  #ownRequests = 0;
  #isClosed = false;

  constructor(link: CameraLink, desk: CameraDesk) {
    this.#link = link;
    this.#desk = desk;
    this.#login = new LoginDesk(desk.account);
    this.#heardAtMs = desk.clock.nowMs();
    this.#wire = new CameraWire({
      onRequest: (request) => this.#take(request),
      onAnswer: () => {
        desk.counters.answers++;
      },
      onFrame: (_, packet) => this.#takeRtcp(packet),
    });
    this.#timers.push(desk.clock.every(1_000, () => this.#checkLife()));
    const { asksEveryMs } = this.#behaviour;
    if (asksEveryMs) this.#timers.push(desk.clock.every(asksEveryMs, () => this.#ask()));
  }

  receive(chunk: Uint8Array): void {
    if (!this.#behaviour.halfOpen) this.#wire.read(chunk);
  }

  /** Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#player?.pause();
    for (const timer of this.#timers) timer.cancel();
    for (const udp of this.#udp) udp.close();
    this.#link.destroy();
  }

  /** Sends what looks like the beginning of an interleaved frame, and no more of it. */
  sendTornFrame(): void {
    this.#link.write(formatFrame(0, new Uint8Array(1200).fill(0x80)).subarray(0, 700));
  }

  get #behaviour(): Behaviour {
    return this.#desk.behaviour();
  }

  #take(request: CameraRequest): void {
    const { requests } = this.#desk.counters;
    requests[request.method] = (requests[request.method] ?? 0) + 1;
    if (this.#behaviour.needs !== 'reports') this.#heardAtMs = this.#desk.clock.nowMs();
    // One after the other: answers come in the order of the requests.
    this.#work = this.#work.then(() => this.#handle(request));
  }

  async #handle(request: CameraRequest): Promise<void> {
    const { answerDelayMs, unanswered, halfOpen, speaksHtml } = this.#behaviour;
    if (unanswered.includes(request.method)) return;
    if (answerDelayMs > 0) {
      await new Promise<void>((resolve) => this.#desk.clock.after(answerDelayMs, resolve));
    }
    if (this.#isClosed || halfOpen) return;
    if (speaksHtml) {
      const headers = { 'Content-Type': 'text/html', Connection: 'close' };
      this.#link.write(formatMessage('HTTP/1.1 400 Bad Request', headers, WEB_PAGE));
      this.close();
      return;
    }
    const [status, headers, body] = await this.#answer(request);
    if (this.#isClosed) return;
    const all = { CSeq: request.headers.get('cseq'), Server: 'Camera/1.0', ...headers };
    this.#link.write(formatMessage(`RTSP/1.0 ${status}`, all, body));
    if (request.method === 'PLAY' && status.startsWith('200')) this.#player?.play();
    if (request.method === 'TEARDOWN') this.#player?.pause();
  }

  async #answer(request: CameraRequest): Promise<Answer> {
    const { login, answers } = this.#behaviour;
    if (login && request.method !== 'OPTIONS') {
      const challenge = this.#login.challenge(login, request);
      if (challenge) return ['401 Unauthorized', { 'WWW-Authenticate': challenge }];
    }
    const canned = answers[request.method];
    if (canned) return [`${canned.status} ${canned.reason ?? 'As Told'}`, canned.headers];
    switch (request.method) {
      case 'OPTIONS':
        return ['200 OK', { Public: this.#behaviour.publicMethods }];
      case 'DESCRIBE':
        return this.#describe(request);
      case 'SETUP':
        return await this.#setUp(request);
      case 'PLAY':
        return this.#play(request);
      case 'PAUSE':
        this.#player?.pause();
        return ['200 OK', this.#sessionHeader()];
      case 'GET_PARAMETER':
      case 'SET_PARAMETER':
      case 'TEARDOWN':
        return ['200 OK', this.#sessionHeader()];
      default:
        return ['405 Method Not Allowed'];
    }
  }

  #describe({ uri }: CameraRequest): Answer {
    const { contentBase, description, parameterSets } = this.#behaviour;
    const clip = this.#openClip(uri);
    const sdp = formatDescription(clip, { withSets: parameterSets !== 'in-band' });
    const base = contentBase(`${uri.replace(/\/$/, '')}/`);
    const headers = { 'Content-Base': base, 'Content-Type': 'application/sdp' };
    return ['200 OK', headers, description(sdp)];
  }

  async #setUp({ uri, headers }: CameraRequest): Promise<Answer> {
    const clip = this.#openClip(uri);
    const index = Number(/trackID=(\d+)/.exec(uri)?.[1] ?? Number.NaN);
    if (!clip.tracks[index]) return ['404 Not Found'];
    const transport = await this.#openPath(index, headers.get('transport') ?? '');
    if (transport === undefined) return ['461 Unsupported Transport'];
    if (this.#behaviour.changesSessionId) this.#session = undefined;
    return ['200 OK', { Transport: transport, ...this.#sessionHeader() }];
  }

  /** What Transport answers, or undefined if the client asks for what this camera has not. */
  async #openPath(index: number, wanted: string): Promise<string | undefined> {
    const { transports } = this.#behaviour;
    const [, channel] = /interleaved=(\d+)/.exec(wanted) ?? [];
    if (/TCP/.test(wanted)) {
      if (!transports.includes('tcp')) return undefined;
      return this.#openInterleaved(index, Number(channel ?? 2 * index));
    }
    const [, rtp, rtcp] = /client_port=(\d+)(?:-(\d+))?/.exec(wanted) ?? [];
    if (rtp === undefined || !transports.includes('udp')) return undefined;
    return await this.#openUdp(index, { rtp, rtcp: rtcp ?? `${Number(rtp) + 1}` });
  }

  #openInterleaved(index: number, wantedChannel: number): string {
    const channel = wantedChannel + this.#behaviour.channelShift;
    this.#paths[index] = {
      sendRtp: (packet) => this.#sendRtp(index, () => this.#writeFrame(channel, packet)),
      sendRtcp: (packet) => this.#link.write(formatFrame(channel + 1, packet)),
      sendFrames: (bytes) => this.#link.write(bytes),
      channel,
    };
    return `RTP/AVP/TCP;unicast;interleaved=${channel}-${channel + 1}${this.#ssrcField()}`;
  }

  async #openUdp(index: number, client: { rtp: string; rtcp: string }): Promise<string> {
    const address = this.#link.remoteAddress ?? '127.0.0.1';
    const ports = { address, rtpPort: Number(client.rtp), rtcpPort: Number(client.rtcp) };
    const udp = new UdpPath(ports, (packet) => this.#takeRtcp(packet));
    this.#udp.push(udp);
    const own = await udp.open();
    this.#paths[index] = {
      sendRtp: (packet) => this.#sendRtp(index, () => udp.sendRtp(packet)),
      sendRtcp: (packet) => udp.sendRtcp(packet),
    };
    const server = this.#behaviour.hidesServerPort ? '' : `;server_port=${own}`;
    const clientPorts = `client_port=${client.rtp}-${client.rtcp}`;
    return `RTP/AVP;unicast;${clientPorts}${server}${this.#ssrcField()}`;
  }

  #ssrcField(): string {
    const { announcedSsrc } = this.#behaviour;
    return announcedSsrc === undefined ? '' : `;ssrc=${announcedSsrc}`;
  }

  #play({ uri }: CameraRequest): Answer {
    if (!this.#clip || this.#paths.length === 0) return ['455 Method Not Valid in This State'];
    this.#player ??= this.#desk.createPlayer({
      clip: this.#clip,
      paths: this.#paths,
      clock: this.#desk.clock,
      behaviour: this.#desk.behaviour,
      cork: () => this.#link.cork(),
      uncork: () => this.#link.uncork(),
    });
    const base = uri.replace(/\/$/, '');
    const info = [...this.#player.senders()].map(([index, { sequence, timestamp }]) => {
      const numbers = this.#behaviour.wrongRtpInfo
        ? 'seq=0;rtptime=0'
        : `seq=${sequence};rtptime=${timestamp}`;
      return `url=${base}/trackID=${index};${numbers}`;
    });
    if (this.#behaviour.dataBeforePlayAnswer) this.#player.play();
    return ['200 OK', { ...this.#sessionHeader(), Range: 'npt=0-', 'RTP-Info': info.join(',') }];
  }

  #openClip(uri: string): CameraClip {
    this.#clip ??= this.#desk.clipFor(uri);
    return this.#clip;
  }

  #sessionHeader(): Record<string, string | undefined> {
    this.#session ??= `${Math.floor(Math.random() * 1e9)}`;
    const { timeoutSeconds } = this.#behaviour;
    const timeout = timeoutSeconds === undefined ? '' : `;timeout=${timeoutSeconds}`;
    return { Session: `${this.#session}${timeout}` };
  }

  #sendRtp(index: number, send: () => void): void {
    const { halfOpen, dropAfterPackets } = this.#behaviour;
    if (halfOpen || this.#isClosed) return;
    if (this.#packets === dropAfterPackets) {
      this.close();
      return;
    }
    const { counters } = this.#desk;
    if (this.#link.writableLength > MAX_PENDING_BYTES) {
      counters.dropped++;
      return;
    }
    this.#packets++;
    counters.packets[index] = (counters.packets[index] ?? 0) + 1;
    send();
  }

  #writeFrame(channel: number, packet: Uint8Array): void {
    if (this.#behaviour.strayData) {
      this.#link.write(STRAY);
      this.#link.write('\r\n');
    }
    this.#link.write(formatFrame(channel, packet));
  }

  #takeRtcp(packet: Uint8Array): void {
    const reports = readRtcp(packet).reports.filter(({ type }) => type === 'receiver-report');
    this.#desk.counters.receiverReports += reports.length;
    const { needs } = this.#behaviour;
    if (needs === 'reports' || needs === 'either') this.#heardAtMs = this.#desk.clock.nowMs();
  }

  #ask(): void {
    if (this.#behaviour.halfOpen) return;
    this.#ownRequests++;
    this.#link.write(formatMessage('OPTIONS * RTSP/1.0', { CSeq: `${this.#ownRequests}` }));
  }

  #checkLife(): void {
    const { needs, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = this.#behaviour;
    const silentMs = this.#desk.clock.nowMs() - this.#heardAtMs;
    if (needs !== 'nothing' && silentMs > timeoutSeconds * 1000) this.close();
  }
}
