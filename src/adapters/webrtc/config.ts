// What the WebRTC adapter is told by the configuration.

import type { IceServer } from '#contract/ice-server.ts';

export interface WebrtcConfig {
  /** Address the media sockets bind to; `0.0.0.0` is every interface. */
  readonly host: string;
  /** One UDP port for all viewers, and the TCP port of the same number. */
  readonly port: number;
  readonly tcp: boolean;
  /** Addresses or names announced beside those of this machine: of its NAT, of the container's host. */
  readonly hosts: readonly string[];
  readonly iceServers: readonly IceServer[];
}
