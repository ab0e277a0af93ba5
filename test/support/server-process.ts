// The server as its users run it: a process of its own, with a configuration file of its own.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Building the web UI comes first where it is stale. */
const START_WITHIN_MS = 60_000;

interface ServerOptions {
  /** `npm start`, as in the README, instead of the main file itself. */
  readonly npm?: boolean;
  /** More lines of YAML. */
  readonly yaml?: string;
  /** Keys of `console`, as YAML: `device: "test:"`. */
  readonly console?: string;
  /** Besides this process' own. */
  readonly env?: Readonly<Record<string, string>>;
  readonly tcp?: boolean;
  readonly maxPeers?: number;
  /** `webrtc.ice_servers`, as YAML. */
  readonly iceServers?: string;
  /** Where it listens. Default: loopback. */
  readonly host?: string;
  readonly httpPort?: number;
  readonly mediaPort?: number;
  /** Flags for its Node. */
  readonly nodeFlags?: readonly string[];
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error';
}

export class ServerProcess {
  readonly httpPort: number;
  readonly mediaPort: number;
  readonly rtspPort: number;
  readonly #host: string;
  readonly #folder: string;
  readonly #npm: boolean;
  readonly #nodeFlags: readonly string[];
  readonly #env: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  /** Everything it printed. */
  output = '';

  private constructor(
    options: ServerOptions,
    ports: { http: number; media: number; rtsp: number },
  ) {
    this.httpPort = ports.http;
    this.mediaPort = ports.media;
    this.rtspPort = ports.rtsp;
    this.#host = options.host ?? '127.0.0.1';
    this.#npm = options.npm ?? false;
    this.#nodeFlags = options.nodeFlags ?? [];
    this.#env = options.env ?? {};
    this.#folder = mkdtempSync(join(tmpdir(), 'yeoul-server-'));
    const {
      tcp = true,
      maxPeers = 1000,
      iceServers = '[]',
      logLevel = 'info',
      yaml = '',
      console = 'device: "tones:"',
    } = options;
    const config = `server: { host: ${this.#host}, http_port: ${ports.http} }
webrtc: { host: ${this.#host}, port: ${ports.media}, tcp: ${tcp}, max_peers: ${maxPeers}, ice_servers: ${iceServers} }
rtsp: { host: 127.0.0.1, port: ${ports.rtsp} }
console: { rtp_port: 0, mdns_name: null, ${console} }
cameras: { allow: [127.0.0.0/8] }
data: { path: ${this.databasePath} }
logging: { level: ${logLevel} }
${yaml}`;
    writeFileSync(this.#configPath, config);
  }

  static async start(options: ServerOptions = {}): Promise<ServerProcess> {
    const http = options.httpPort ?? (await freePort());
    const media = options.mediaPort ?? (await freePort());
    const rtsp = await freePort();
    const server = new ServerProcess(options, { http, media, rtsp });
    await server.start();
    return server;
  }

  get url(): string {
    return `http://${this.#host}:${this.httpPort}`;
  }

  get databasePath(): string {
    return join(this.#folder, 'yeoul.db');
  }

  get pid(): number {
    return this.#child?.pid ?? -1;
  }

  /** Starts it again after `stop`, on the same ports. */
  async start(): Promise<void> {
    const [command, words] = this.#npm
      ? ['npm', ['start', '--', '--config', this.#configPath]]
      : [process.execPath, [...this.#nodeFlags, 'src/main.ts', '--config', this.#configPath]];
    const child = spawn(command, words, {
      cwd: ROOT,
      env: { ...process.env, ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: npm does not hand every signal on.
      detached: this.#npm,
    });
    this.#child = child;
    child.stdout.on('data', (text) => this.#print(text));
    child.stderr.on('data', (text) => this.#print(text));
    await this.#listening(child);
  }

  /** Resolves with the exit code, or null where a signal ended it. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null)
      return child?.exitCode ?? null;
    const exited = once(child, 'exit');
    if (this.#npm && child.pid !== undefined) process.kill(-child.pid, signal);
    else child.kill(signal);
    const [code] = await exited;
    return code;
  }

  async dispose(): Promise<void> {
    await this.stop('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #configPath(): string {
    return join(this.#folder, 'yeoul.yaml');
  }

  #print(text: Buffer): void {
    this.output += text.toString();
  }

  async #listening(child: ChildProcess): Promise<void> {
    const endMs = performance.now() + START_WITHIN_MS;
    while (performance.now() < endMs && child.exitCode === null) {
      if (await isUp(this.url)) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`the server did not start:\n${this.output}`);
  }
}

async function isUp(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/api/v1/health`);
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
