// The RTSP server's wiring: what it reads from, who may publish to it, where it listens.

import { createRtspServer, type RtspServer } from '../adapters/rtsp-server/rtsp-server.ts';
import type { Closers } from './closers.ts';
import type { Core, CoreOptions } from './core.ts';
import { toListenError } from './listen-error.ts';

/** Undefined where the configuration wants none. */
export async function openRtsp(
  { config, log, clock }: CoreOptions,
  { viewers, points, access }: Core,
  closers: Closers,
): Promise<RtspServer | undefined> {
  const { host, port, rtpPort } = config.rtsp;
  if (port === null) return undefined;
  const server = createRtspServer({
    clock,
    log,
    streams: {
      watch: (request) => viewers.watch(request),
      publish: (streamId, publisher) => points.publish(streamId, publisher),
    },
    access,
    rtpPort,
    maxConnections: config.webrtc.maxPeers,
  });
  closers.add(() => server.close());
  try {
    await server.listen(host, port);
  } catch (error) {
    throw toListenError(error, { host, port, hostKey: 'rtsp.host', portKey: 'rtsp.port' });
  }
  return server;
}
