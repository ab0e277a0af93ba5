// One look at a peer connection's statistics (W3C webrtc-stats), read from untyped records.

/** Counters run from the start of the session; what the browser does not report is null. */
export interface TrackStats {
  readonly codec: string | null;
  readonly packets: number;
  readonly packetsLost: number;
  readonly bytes: number;
  readonly jitterMs: number | null;
  readonly jitterBufferDelayMs: number | null;
  readonly jitterBufferEmitted: number | null;
  readonly framesDecoded: number | null;
  readonly framesDropped: number | null;
  readonly framesPerSecond: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly freezes: number | null;
  readonly freezeMs: number | null;
  readonly keyFrameRequests: number | null;
  readonly retransmitRequests: number | null;
  /** When the medium that plays now was captured: the sender's clock, Unix or NTP epoch. */
  readonly playoutTimestampMs: number | null;
}

export interface StatsSnapshot {
  /** On the clock's `nowMs` scale. */
  readonly atMs: number;
  readonly video: TrackStats | null;
  readonly audio: TrackStats | null;
  readonly rttMs: number | null;
  /** `mse`: over the WebSocket. */
  readonly transport: 'udp' | 'tcp' | 'mse' | null;
}

type Entry = Readonly<Record<string, unknown>>;

/** Reads the values of an `RTCStatsReport`. */
export function readSnapshot(report: Iterable<unknown>, atMs: number): StatsSnapshot {
  const entries = new Map<string, Entry>();
  for (const value of report) {
    const entry = value as Entry | null | undefined;
    if (typeof entry?.['id'] === 'string') entries.set(entry['id'], entry);
  }
  const pair = selectedPair(entries);
  const local = pair && lookUp(entries, pair['localCandidateId']);
  const protocol = local?.['protocol'];
  return {
    atMs,
    video: readTrack(entries, 'video'),
    audio: readTrack(entries, 'audio'),
    rttMs: seconds(pair?.['currentRoundTripTime']),
    transport: protocol === 'udp' || protocol === 'tcp' ? protocol : null,
  };
}

function readTrack(entries: Map<string, Entry>, kind: 'video' | 'audio'): TrackStats | null {
  for (const entry of entries.values()) {
    if (entry['type'] === 'inbound-rtp' && entry['kind'] === kind) {
      return trackStats(entry, lookUp(entries, entry['codecId']));
    }
  }
  return null;
}

function trackStats(entry: Entry, codec: Entry | undefined): TrackStats {
  const mimeType = codec?.['mimeType'];
  return {
    codec: typeof mimeType === 'string' ? mimeType.replace(/^.*\//, '') : null,
    packets: number(entry['packetsReceived']) ?? 0,
    packetsLost: number(entry['packetsLost']) ?? 0,
    bytes: number(entry['bytesReceived']) ?? 0,
    jitterMs: seconds(entry['jitter']),
    jitterBufferDelayMs: seconds(entry['jitterBufferDelay']),
    jitterBufferEmitted: number(entry['jitterBufferEmittedCount']),
    framesDecoded: number(entry['framesDecoded']),
    framesDropped: number(entry['framesDropped']),
    framesPerSecond: number(entry['framesPerSecond']),
    width: number(entry['frameWidth']),
    height: number(entry['frameHeight']),
    freezes: number(entry['freezeCount']),
    freezeMs: seconds(entry['totalFreezesDuration']),
    keyFrameRequests: number(entry['pliCount']),
    retransmitRequests: number(entry['nackCount']),
    playoutTimestampMs: number(entry['estimatedPlayoutTimestamp']),
  };
}

/** The pair in use: as the transport says, else the nominated one that works (Firefox). */
function selectedPair(entries: Map<string, Entry>): Entry | undefined {
  let nominated: Entry | undefined;
  for (const entry of entries.values()) {
    if (entry['type'] === 'transport') {
      const selected = lookUp(entries, entry['selectedCandidatePairId']);
      if (selected) return selected;
    }
    const works = entry['nominated'] === true && entry['state'] === 'succeeded';
    if (entry['type'] === 'candidate-pair' && works) nominated = entry;
  }
  return nominated;
}

function lookUp(entries: Map<string, Entry>, id: unknown): Entry | undefined {
  return typeof id === 'string' ? entries.get(id) : undefined;
}

function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** Statistics are in seconds, our figures in milliseconds. */
function seconds(value: unknown): number | null {
  const valueS = number(value);
  return valueS === null ? null : valueS * 1_000;
}
