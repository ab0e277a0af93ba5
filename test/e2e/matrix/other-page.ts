// A page of another site that watches streams by WHEP, for any browser: served, and driven from here.

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Receipt } from './receipt.ts';

interface WatchRequest {
  readonly url: string;
  readonly streams: readonly { readonly id: string; readonly sound: boolean }[];
  /** Enough, of each stream. */
  readonly frames: number;
  readonly soundPackets: number;
  readonly withinMs: number;
}

/** A document with nothing in it, at an origin of its own. */
export async function serveOtherPage(): Promise<{ url: string; server: Server }> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>Other</title>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/`, server };
}

// The little of the browser that the function below uses; it runs in the page.
interface PageStats {
  readonly type: string;
  readonly kind?: string;
  readonly codecId?: string;
  readonly mimeType?: string;
  readonly framesDecoded?: number;
  readonly packetsReceived?: number;
  readonly packetsLost?: number;
  readonly totalAudioEnergy?: number;
}
interface PagePeer {
  readonly localDescription: { readonly sdp: string };
  readonly iceGatheringState: string;
  ontrack: (event: { readonly track: unknown }) => void;
  addTransceiver(kind: string, options: { direction: 'recvonly' }): void;
  setLocalDescription(): Promise<void>;
  setRemoteDescription(description: { type: 'answer'; sdp: string }): Promise<void>;
  getStats(): Promise<Map<string, PageStats>>;
  close(): void;
}
interface PageVideo {
  autoplay: boolean;
  srcObject: unknown;
  play(): Promise<void>;
  remove(): void;
}
declare const RTCPeerConnection: new () => PagePeer;
declare const MediaStream: new () => { addTrack(track: unknown): void };
declare const navigator: { readonly userAgent: string };
declare const document: {
  createElement(name: 'video'): PageVideo;
  body: { append(element: PageVideo): void };
};

/** Runs in the page, so it must not use anything from outside itself. */
export async function watchInPage(request: WatchRequest): Promise<Receipt[]> {
  const { url, streams, frames, soundPackets, withinMs } = request;
  const pause = (delayMs: number) => new Promise((resolve) => setTimeout(resolve, delayMs));

  const read = async (peer: PagePeer): Promise<Receipt> => {
    const stats = await peer.getStats();
    const inbound = (kind: string) =>
      [...stats.values()].find((each) => each.type === 'inbound-rtp' && each.kind === kind);
    const codecOf = ({ codecId = '' }: PageStats) =>
      stats.get(codecId)?.mimeType?.split('/')[1] ?? '';
    const video = inbound('video');
    const audio = inbound('audio');
    return {
      video: video && {
        codec: codecOf(video),
        frames: video.framesDecoded ?? 0,
        lost: video.packetsLost ?? 0,
      },
      audio: audio && {
        codec: codecOf(audio),
        frames: audio.packetsReceived ?? 0,
        lost: audio.packetsLost ?? 0,
        sounds: (audio.totalAudioEnergy ?? 0) > 0,
      },
    };
  };

  const wordsFor = async (id: string): Promise<string | undefined> => {
    const response = await fetch(`${url}/api/v1/streams/${id}/viewers`);
    const { viewers } = (await response.json()) as {
      viewers: { readonly userAgent: string | null; readonly choice: string }[];
    };
    return viewers.findLast(({ userAgent }) => userAgent === navigator.userAgent)?.choice;
  };

  const watch = async ({ id, sound }: WatchRequest['streams'][number]): Promise<Receipt> => {
    const peer = new RTCPeerConnection();
    const video = document.createElement('video');
    const stream = new MediaStream();
    video.autoplay = true;
    video.srcObject = stream;
    document.body.append(video);
    peer.ontrack = ({ track }) => stream.addTrack(track);
    peer.addTransceiver('video', { direction: 'recvonly' });
    peer.addTransceiver('audio', { direction: 'recvonly' });
    await peer.setLocalDescription();
    while (peer.iceGatheringState !== 'complete') await pause(20);
    const headers = { 'content-type': 'application/sdp' };
    const body = peer.localDescription.sdp;
    const response = await fetch(`${url}/whep/${id}`, { method: 'POST', headers, body });
    const answer = await response.text();
    if (!response.ok) return { refusal: JSON.parse(answer) as NonNullable<Receipt['refusal']> };
    await peer.setRemoteDescription({ type: 'answer', sdp: answer });
    video.play().catch(() => undefined);
    const endMs = performance.now() + withinMs;
    let receipt = await read(peer);
    const enough = ({ video, audio }: Receipt) =>
      (video?.frames ?? 0) >= frames &&
      (!sound || ((audio?.frames ?? 0) >= soundPackets && audio?.sounds));
    while (!enough(receipt) && performance.now() < endMs) {
      await pause(200);
      receipt = await read(peer);
    }
    const words = await wordsFor(id);
    await fetch(new URL(response.headers.get('location') ?? '', url), { method: 'DELETE' });
    peer.close();
    video.remove();
    return { ...receipt, words };
  };

  return Promise.all(streams.map(watch));
}
