// A real TURN server on loopback: coturn, as operators run it.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';

const USER = 'viewer';
const PASSWORD = 'relay-secret';

export class TurnServer {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly port: number;

  private constructor(child: ChildProcess, place: { folder: string; port: number }) {
    this.#child = child;
    this.#folder = place.folder;
    this.port = place.port;
  }

  static async start(): Promise<TurnServer> {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'yeoul-turn-'));
    const child = spawn('turnserver', flagsOf(port), { cwd: folder, stdio: 'ignore' });
    await once(child, 'spawn');
    return new TurnServer(child, { folder, port });
  }

  /** For `webrtc.ice_servers`. */
  get yaml(): string {
    return `[{ url: "turn:127.0.0.1:${this.port}?transport=udp", username: ${USER}, credential: ${PASSWORD} }]`;
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function flagsOf(port: number): string[] {
  const flags = {
    'listening-ip': '127.0.0.1',
    'relay-ip': '127.0.0.1',
    'listening-port': port,
    user: `${USER}:${PASSWORD}`,
    realm: 'yeoul',
    'log-file': 'turn.log',
    pidfile: 'turn.pid',
    userdb: 'turn.db',
  };
  const switches = [
    '-n',
    '--lt-cred-mech',
    '--no-tls',
    '--no-dtls',
    '--no-cli',
    '--allow-loopback-peers',
  ];
  return [...switches, ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`)];
}
