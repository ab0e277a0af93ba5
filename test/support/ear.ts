// A listener of the console that is told everything and hears nothing: its port is nobody's.

import { type ListeningMessage, listeningMessage } from '#contract/listening.ts';
import { JsonSocket } from './json-socket.ts';

export interface Ear {
  readonly id: string;
  readonly socket: JsonSocket<ListeningMessage>;
  /** The channels it gets, as `/audio-meta` says. */
  channels(): Promise<number[]>;
  report(network: { lost: number; jitterMs: number; latencyMs: number }): Promise<void>;
}

/** `port`: one that nobody has. */
export async function openEar(url: string, port: number): Promise<Ear> {
  const socket = await JsonSocket.open(`${url.replace(/^http/, 'ws')}/audio-ws`, {
    schema: listeningMessage,
  });
  const { client_id: id } = await socket.get('hello');
  await fetch(`${url}/request-audio?udp_port=${port}&client_id=${id}`);
  socket.send({ type: 'client_config', payload: { compression: 'opus' } });
  await socket.get('stream_config');
  return {
    id,
    socket,
    channels: async () => {
      const answer = await fetch(`${url}/audio-meta?client_id=${id}`);
      const { streams } = (await answer.json()) as { streams: { channels: number[] }[] };
      return streams.flatMap(({ channels }) => channels);
    },
    report: async ({ lost, jitterMs, latencyMs }) => {
      const metrics = {
        packets_received: 1_000 - lost,
        packets_expected: 1_000,
        packet_loss_rate: 0,
        jitter_ms: jitterMs,
        latency_ms: latencyMs,
        bandwidth_mbps: 2,
      };
      await fetch(`${url}/qos-metrics`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ client_id: id, timestamp: new Date().toISOString(), metrics }),
      });
    },
  };
}
