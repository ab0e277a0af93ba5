// RTSP over HTTP: a GET that stays open for what the camera says, and POSTs that carry, in Base64,
// what the client says. The two find each other by the header x-sessioncookie.

import { CameraConnection, type CameraLink } from './connection.ts';
import type { CameraDesk } from './desk.ts';

const ANSWER =
  'HTTP/1.0 200 OK\r\nConnection: close\r\nCache-Control: no-store\r\nContent-Type: application/x-rtsp-tunnelled\r\n\r\n';

export class Tunnels {
  readonly #desk: CameraDesk;
  readonly #connections = new Map<string, CameraConnection>();

  constructor(desk: CameraDesk) {
    this.#desk = desk;
  }

  /** The GET half. */
  open(head: string, link: CameraLink): CameraConnection {
    link.write(ANSWER);
    const connection = new CameraConnection(link, this.#desk);
    this.#connections.set(readCookie(head), connection);
    return connection;
  }

  /** The POST half: gives what takes its bytes, or undefined if there is no GET for it. */
  join(head: string): ((chunk: Uint8Array) => void) | undefined {
    const connection = this.#connections.get(readCookie(head));
    if (!connection) return undefined;
    let rest = '';
    return (chunk) => {
      rest += Buffer.from(chunk).toString('latin1').replace(/\s/g, '');
      // Each request is encoded by itself and padded: what is whole groups can be decoded.
      const whole = rest.length - (rest.length % 4);
      for (const part of rest.slice(0, whole).match(/[^=]+={0,2}/g) ?? []) {
        connection.receive(Buffer.from(part, 'base64'));
      }
      rest = rest.slice(whole);
    };
  }
}

function readCookie(head: string): string {
  return /^x-sessioncookie:\s*(\S+)/im.exec(head)?.[1] ?? '';
}
