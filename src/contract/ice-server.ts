// A STUN or TURN server that viewers are told to use.

export interface IceServer {
  /** `stun:host:port`, `turn:host:port?transport=udp` */
  readonly url: string;
  readonly username?: string | undefined;
  readonly credential?: string | undefined;
}
