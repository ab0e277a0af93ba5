// A viewer without a browser: joins over WHEP like one and receives the packets.

import { MediaPeer, type MediaPeerOptions } from './media-peer.ts';
import { until } from './until.ts';

export interface WhepPeer {
  readonly media: MediaPeer;
  /** From the answer: of the picture, and of what is sent of it again. */
  readonly ssrc: number | undefined;
  readonly rtxSsrc: number | undefined;
  /** Ends the viewer as a page that is left does. */
  leave(): Promise<void>;
}

interface WhepPeerOptions extends MediaPeerOptions {
  /** Default: `test`. */
  readonly stream?: string;
  /** Sees every packet of the picture, from the first one on. */
  readonly onVideo?: MediaPeer['onVideo'];
  /** What reaches the peer instead of the server's answer: other candidates. */
  readonly changeAnswer?: (answer: string) => string;
}

/** Resolves when media can flow. */
export async function joinByWhep(
  url: string,
  name: string,
  options: WhepPeerOptions = {},
): Promise<WhepPeer> {
  const { stream = 'test', onVideo, changeAnswer } = options;
  const media = new MediaPeer(name, options);
  if (onVideo) media.onVideo = onVideo;
  const response = await fetch(`${url}/whep/${stream}`, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp' },
    body: await media.offer(),
  });
  const answer = await response.text();
  if (response.status !== 201) throw new Error(`${name} was refused: ${answer}`);
  const viewerUrl = new URL(response.headers.get('location') ?? '', url);
  media.accept(changeAnswer?.(answer) ?? answer);
  // The answer may have taken the picture alone.
  const hasSound = /^m=audio [1-9]/m.test(answer);
  await until(() => (hasSound ? media.connected : media.videoOpen), {
    what: `${name} to connect`,
  });
  const [, ssrc, rtxSsrc] = /^a=ssrc-group:FID (\d+) (\d+)/m.exec(answer) ?? [];
  return {
    media,
    ssrc: numberOf(ssrc),
    rtxSsrc: numberOf(rtxSsrc),
    leave: async () => {
      await fetch(viewerUrl, { method: 'DELETE' });
      media.close();
    },
  };
}

function numberOf(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}
