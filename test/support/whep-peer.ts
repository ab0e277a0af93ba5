// A viewer without a browser: joins over WHEP like one and receives the packets.

import { MediaPeer } from './media-peer.ts';
import { until } from './until.ts';

export interface WhepPeer {
  readonly media: MediaPeer;
  /** Ends the viewer as a page that is left does. */
  leave(): Promise<void>;
}

/** Resolves when media can flow. */
export async function joinByWhep(url: string, name: string): Promise<WhepPeer> {
  const media = new MediaPeer(name);
  const response = await fetch(`${url}/whep/test`, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp' },
    body: await media.offer(),
  });
  const answer = await response.text();
  if (response.status !== 201) throw new Error(`${name} was refused: ${answer}`);
  const viewerUrl = new URL(response.headers.get('location') ?? '', url);
  media.accept(answer);
  await until(() => media.connected, { what: `${name} to connect` });
  return {
    media,
    leave: async () => {
      await fetch(viewerUrl, { method: 'DELETE' });
      media.close();
    },
  };
}
