// A page that publishes the browser's camera by WHIP, as other people's pages would.

import type { Page } from 'playwright-core';

// The little of the DOM that the function below uses; it runs in the page.
interface PageMedia {
  getTracks(): { readonly kind: string }[];
}
interface PagePeer {
  readonly localDescription: { readonly sdp: string };
  addTransceiver(track: unknown, options: { direction: 'sendonly'; streams: unknown[] }): void;
  setLocalDescription(): Promise<void>;
  setRemoteDescription(description: { type: 'answer'; sdp: string }): Promise<void>;
}
declare const navigator: {
  mediaDevices: { getUserMedia(wanted: { video: object; audio: boolean }): Promise<PageMedia> };
};
declare const RTCPeerConnection: new () => PagePeer;
interface Publishing {
  peer?: PagePeer;
}

interface Published {
  readonly status: number;
  /** The answer, or why there is none. */
  readonly text: string;
}

/** Of the fake camera: a picture and a beep. */
export async function publishCamera(page: Page, url: string, streamId: string): Promise<Published> {
  // Not one of the server's own pages: their policies are not what is tested.
  await page.route('**/publisher', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<p>Publisher</p>' }),
  );
  await page.goto(`${url}/publisher`);
  return page.evaluate(async (path) => {
    const media = await navigator.mediaDevices.getUserMedia({
      video: { width: 1280, height: 720 },
      audio: true,
    });
    const peer = new RTCPeerConnection();
    for (const track of media.getTracks()) {
      peer.addTransceiver(track, { direction: 'sendonly', streams: [media] });
    }
    await peer.setLocalDescription();
    const headers = { 'content-type': 'application/sdp' };
    const body = peer.localDescription.sdp;
    const response = await fetch(path, { method: 'POST', headers, body });
    const text = await response.text();
    // Held by the page, as it would end when it is collected.
    (globalThis as Publishing).peer = peer;
    if (response.ok) await peer.setRemoteDescription({ type: 'answer', sdp: text });
    return { status: response.status, text };
  }, `/whip/${streamId}`);
}
