// A real Firefox without a window, driven by WebDriver BiDi (W3C), which it speaks by itself.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './until.ts';

const EXECUTABLE = 'firefox-esr';
/** A small machine under load takes its time. */
const START_WITHIN_MS = 60_000;
const ANSWER_WITHIN_MS = 90_000;

const PREFERENCES: Readonly<Record<string, string | number | boolean>> = {
  // Nothing but the pages under test may use processor or network.
  'app.update.enabled': false,
  'browser.safebrowsing.update.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.systemAddon.update.enabled': false,
  'media.gmp-manager.updateEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'http://127.0.0.1:9',
  // Sound plays without a click.
  'media.autoplay.default': 0,
  // With names instead of addresses it would need a multicast DNS responder.
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  // A page without the permission to record may use the default route's address only, from which
  // Firefox reaches no server on loopback.
  'permissions.default.microphone': 1,
  'media.peerconnection.ice.loopback': true,
};

/**
 * H.264 by WebRTC comes to Firefox by a plug-in that is downloaded. With these it uses the decoder of
 * its `<video>` instead, and offers what it offers with the plug-in: Baseline and Constrained Baseline.
 */
const OWN_H264: typeof PREFERENCES = {
  'media.webrtc.hw.h264.enabled': true,
  'gfx.blacklist.webrtc.hw.acceleration': 1,
  'gfx.blacklist.webrtc.hw.acceleration.h264': 1,
  'gfx.blacklist.webrtc.hw.acceleration.decode': 1,
  'gfx.blacklist.webrtc.hw.acceleration.encode': 1,
};

interface FirefoxOptions {
  /** Without it, it is as Debian ships it, offline: no H.264 by WebRTC. */
  readonly h264: boolean;
}

/** What comes back for a command: `result`, or `error` and `message`. */
interface BidiAnswer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
  readonly message?: string;
}

export class Firefox {
  readonly #child: ChildProcess;
  readonly #profile: string;
  readonly #answers = new Map<number, BidiAnswer>();
  #socket: WebSocket | undefined;
  #page = '';
  #lastId = 0;
  #output = '';

  private constructor(profile: string) {
    this.#profile = profile;
    const words = ['--headless', '--no-remote', '--remote-debugging-port=0', '--profile', profile];
    // It must not read or write the settings of whoever runs the tests.
    const env = { ...process.env, HOME: profile };
    this.#child = spawn(EXECUTABLE, words, { stdio: ['ignore', 'ignore', 'pipe'], env });
    this.#child.stderr?.on('data', (text) => {
      this.#output += text;
    });
    this.#child.on('error', (error) => {
      this.#output += `${error.message}: install it with "npm run verify"`;
    });
  }

  static async launch({ h264 }: FirefoxOptions): Promise<Firefox> {
    const profile = mkdtempSync(join(tmpdir(), 'yeoul-firefox-'));
    const preferences = Object.entries({ ...PREFERENCES, ...(h264 ? OWN_H264 : {}) });
    const lines = preferences.map((entry) => `user_pref(${JSON.stringify(entry).slice(1, -1)});\n`);
    writeFileSync(join(profile, 'user.js'), lines.join(''));
    const firefox = new Firefox(profile);
    try {
      await firefox.#connect();
    } catch (error) {
      await firefox.close();
      throw error;
    }
    return firefox;
  }

  async open(url: string): Promise<void> {
    await this.#call('browsingContext.navigate', { context: this.#page, url, wait: 'complete' });
  }

  /** Runs a function in the page, which may use nothing from outside itself, and gives its result. */
  async evaluate<Argument, Result>(
    run: (argument: Argument) => Promise<Result>,
    argument: Argument,
  ): Promise<Result> {
    const text = { type: 'string', value: JSON.stringify(argument) };
    const answer = (await this.#call('script.callFunction', {
      functionDeclaration: `async (text) => JSON.stringify(await (${run})(JSON.parse(text)))`,
      arguments: [text],
      awaitPromise: true,
      target: { context: this.#page },
    })) as { result?: { value?: string }; exceptionDetails?: { text: string } };
    if (answer.exceptionDetails) throw new Error(`in Firefox: ${answer.exceptionDetails.text}`);
    return JSON.parse(answer.result?.value ?? 'null') as Result;
  }

  async close(): Promise<void> {
    this.#socket?.close();
    if (this.#runs) {
      const exited = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await exited;
    }
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  get #runs(): boolean {
    const { pid, exitCode, signalCode } = this.#child;
    return pid !== undefined && exitCode === null && signalCode === null;
  }

  async #connect(): Promise<void> {
    const address = () => /ws:\/\/\S+/.exec(this.#output)?.[0];
    await until(() => address() !== undefined || !this.#runs, {
      what: 'Firefox to start',
      withinMs: START_WITHIN_MS,
    });
    if (!this.#runs) throw new Error(`Firefox did not start: ${this.#output}`);
    const socket = new WebSocket(`${address()}/session`);
    socket.addEventListener('message', ({ data }) => {
      const answer = JSON.parse(String(data)) as BidiAnswer;
      this.#answers.set(answer.id, answer);
    });
    await once(socket, 'open');
    this.#socket = socket;
    await this.#call('session.new', { capabilities: {} });
    const tree = await this.#call('browsingContext.getTree', {});
    this.#page = (tree as { contexts: { context: string }[] }).contexts[0]?.context ?? '';
  }

  async #call(method: string, params: object): Promise<unknown> {
    const id = ++this.#lastId;
    this.#socket?.send(JSON.stringify({ id, method, params }));
    await until(() => this.#answers.has(id) || !this.#runs, {
      what: `Firefox to answer ${method}`,
      withinMs: ANSWER_WITHIN_MS,
    });
    if (!this.#runs) throw new Error(`Firefox ended: ${this.#output}`);
    const answer = this.#answers.get(id);
    this.#answers.delete(id);
    if (answer?.error) throw new Error(`Firefox, ${method}: ${answer.error}: ${answer.message}`);
    return answer?.result;
  }
}
