// Many cameras in one process for measurements under load: they share one clip and one timer, speak
// RTSP over TCP only and do nothing wrong.

import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import type { Clock } from '#std/clock.ts';
import { systemClock } from '../../../src/app/system-clock.ts';
import { GOOD } from './behaviour.ts';
import type { CameraClip } from './clip.ts';
import { CameraConnection } from './connection.ts';
import { type CameraCounters, type CameraDesk, emptyCounters } from './desk.ts';
import { FleetPlayer } from './fleet-player.ts';
import { Account } from './login.ts';
import { prepareTrack } from './prepared-clip.ts';

interface FleetOptions {
  readonly clip: CameraClip;
  /** Default: real time. */
  readonly clock?: Clock;
  /** Default: any that is free. */
  readonly port?: number;
  /** Written into every packet of size: when it was sent. Nobody can decode such a picture. */
  readonly makeStamp?: () => Uint8Array;
  /** Default: 1,400, as cameras have it. */
  readonly maxPayloadBytes?: number;
}

/** Frames are this late at most; clients begin at different moments, so that they don't come in step. */
const TICK_MS = 10;

export async function openCameraFleet(options: FleetOptions): Promise<CameraFleet> {
  const server = createServer({ noDelay: true });
  const fleet = new CameraFleet(server, options);
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  return fleet;
}

class CameraFleet {
  /** Of all cameras together. */
  readonly counters: CameraCounters = emptyCounters();
  readonly #server: Server;
  readonly #connections = new Set<CameraConnection>();
  readonly #players = new Set<FleetPlayer>();
  readonly #stop: () => void;

  constructor(server: Server, options: FleetOptions) {
    const { clip, clock = systemClock, makeStamp, maxPayloadBytes } = options;
    this.#server = server;
    const tracks = clip.tracks.map((track, index) => prepareTrack(track, index, maxPayloadBytes));
    const desk: Omit<CameraDesk, 'createPlayer'> = {
      behaviour: () => ({ ...GOOD, transports: ['tcp'] }),
      clipFor: () => clip,
      counters: this.counters,
      account: new Account(),
      clock,
    };
    const timer = clock.every(TICK_MS, () => {
      const nowMs = clock.nowMs();
      for (const player of this.#players) player.playDue(nowMs, this.counters.packets);
    });
    this.#stop = () => timer.cancel();
    server.on('connection', (socket) => {
      let player: FleetPlayer | undefined;
      const createPlayer: CameraDesk['createPlayer'] = (wanted) => {
        player = new FleetPlayer(wanted, tracks, makeStamp);
        this.#players.add(player);
        return player;
      };
      const connection = new CameraConnection(socket, { ...desk, createPlayer });
      this.#connections.add(connection);
      this.counters.connections++;
      this.counters.connectionsEver++;
      socket.on('data', (chunk) => connection.receive(chunk));
      socket.on('error', () => {});
      socket.once('close', () => {
        connection.close();
        this.#connections.delete(connection);
        if (player) this.#players.delete(player);
        this.counters.connections--;
      });
    });
  }

  /** Any number is a camera. */
  address(camera: number): string {
    const address = this.#server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    return `rtsp://127.0.0.1:${port}/camera/${camera}`;
  }

  async close(): Promise<void> {
    this.#stop();
    for (const connection of this.#connections) connection.close();
    if (!this.#server.listening) return;
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
