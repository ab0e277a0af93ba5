// The HTTP part of listening: what there is to hear, where to, and how well it arrives (PRODUCT 2.6).

import type { AudioMeta, QosReport, ServerMetrics } from '#contract/audio-meta.ts';
import type { JitterThresholds } from '#media/jitter/jitter-buffer.ts';
import { UnavailableError } from '#std/errors.ts';
import { type Fetch, request } from '../http.ts';

interface ListeningApiOptions {
  /** `http://host:8080`, without a slash at its end. */
  readonly server: string;
  readonly fetch: Fetch;
}

interface AudioRequest {
  readonly udpPort: number;
  readonly clientId: string;
}

export class ListeningApi {
  readonly #server: string;
  readonly #fetch: Fetch;

  constructor({ server, fetch }: ListeningApiOptions) {
    this.#server = server;
    this.#fetch = fetch;
  }

  get socketUrl(): string {
    return `${this.#server.replace(/^http/, 'ws')}/audio-ws`;
  }

  async readMeta(signal: AbortSignal): Promise<AudioMeta> {
    const meta = await this.#get('/audio-meta', signal);
    if (!Array.isArray(meta['channels'])) throw strange('/audio-meta');
    return meta as unknown as AudioMeta;
  }

  async requestAudio({ udpPort, clientId }: AudioRequest, signal: AbortSignal): Promise<void> {
    const query = `udp_port=${udpPort}&client_id=${encodeURIComponent(clientId)}`;
    const answer = await this.#get(`/request-audio?${query}`, signal);
    if (answer['status'] !== 'ok') throw strange('/request-audio');
  }

  async readThresholds(signal: AbortSignal): Promise<JitterThresholds> {
    const { interpolate, drop } = await this.#get('/jitter-thresholds', signal);
    if (!isDuration(interpolate) || !isDuration(drop)) throw strange('/jitter-thresholds');
    return { interpolateMs: interpolate, dropMs: drop };
  }

  async report(report: QosReport, signal: AbortSignal): Promise<ServerMetrics> {
    const response = await request(this.#fetch, `${this.#server}/qos-metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(report),
      signal,
    });
    const answer = parseObject(await response.text());
    const metrics = answer?.['server_metrics'];
    if (typeof metrics !== 'object' || metrics === null) throw strange('/qos-metrics');
    return metrics as ServerMetrics;
  }

  async #get(path: string, signal: AbortSignal): Promise<Record<string, unknown>> {
    const response = await request(this.#fetch, this.#server + path, { method: 'GET', signal });
    const answer = parseObject(await response.text());
    if (!answer) throw strange(path);
    return answer;
  }
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && value >= 0;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function strange(path: string): UnavailableError {
  return new UnavailableError(
    `The answer to ${path} makes no sense. Is this the address of a Yeoul server, with its console turned on?`,
    { code: 'strange_answer' },
  );
}
