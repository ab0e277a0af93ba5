// What is measured over one stretch of time, and its columns as tables, graphs and CSV show them.

interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Times in ms. What could not be measured is NaN. */
export interface Point {
  /** `5 clients`, `minute 3`, `delay 10–50 ms` */
  readonly label: string;
  readonly clients: number;
  readonly seconds: number;
  /** Whether anything but the machine itself was between server and clients. */
  readonly hasLink: boolean;
  /** Clients that heard something all the while. */
  readonly listening: number;
  readonly received: number;
  readonly expected: number;
  /** Interarrival jitter (RFC 3550) of each client, at each of its reports. */
  readonly jitter: Quantiles;
  /** From capture to arrival, of each packet. */
  readonly latency: Quantiles;
  /** Of what arrived. */
  readonly megabits: number;
  /** The longest that a client gets. */
  readonly packetMs: number;
  readonly sampleRate: number;
  /** Of the client that decodes. */
  readonly playing: {
    /** Packets that did not come. */
    readonly lost: number;
    readonly concealed: number;
    readonly dropped: number;
    readonly bufferMs: number;
  };
  /** By how much the protocol's clock answers are off: client and server have the same clock here. */
  readonly clockErrorMs: number;
  readonly server: ServerPoint;
  readonly clientMachine: {
    /** Of the busiest process, in per cent of a core. */
    readonly cpuPercent: number;
    readonly loopDelayP99: number;
    /** Datagrams that found their socket's buffer full. */
    readonly fullBuffers: number;
  };
}

export interface ServerPoint {
  /** In per cent of a core. */
  readonly cpuPercent: number;
  readonly engineCpuPercent: number;
  /** How long its threads could run and did not: something else had the processor. */
  readonly waitPercent: number;
  readonly memoryMb: number;
  /** From capture to the network: of each second's median the median, of each second's p99 the p99. */
  readonly delayP50: number;
  readonly delayP99: number;
  /** Sent. */
  readonly packetsPerSecond: number;
  /** Sound that was lost before it was sent, because the server was too slow. */
  readonly lostSoundPercent: number;
  /** As `/qos-metrics` answers. */
  readonly reportedCpuPercent: number;
}

interface Column {
  readonly name: string;
  readonly unit: string;
  readonly read: (point: Point) => number;
}

export const columns = {
  clients: column('clients', '', ({ clients }) => clients),
  listening: column('listening', '', ({ listening }) => listening),
  seconds: column('measured', 's', ({ seconds }) => seconds),
  packets: column('packets', '', ({ received }) => received),
  loss: column('loss', '%', lossPercentOf),
  jitterP50: column('jitter p50', 'ms', ({ jitter }) => jitter.p50),
  jitterP99: column('jitter p99', 'ms', ({ jitter }) => jitter.p99),
  latencyP50: column('latency p50', 'ms', ({ latency }) => latency.p50),
  latencyP95: column('latency p95', 'ms', ({ latency }) => latency.p95),
  latencyP99: column('latency p99', 'ms', ({ latency }) => latency.p99),
  bandwidth: column('bandwidth', 'Mb/s', ({ megabits, seconds }) => megabits / seconds),
  packetRate: column('packets sent', '/s', ({ server }) => server.packetsPerSecond),
  packetTime: column('packet time', 'ms', ({ packetMs }) => packetMs),
  sampleRate: column('sample rate', 'Hz', ({ sampleRate }) => sampleRate),
  serverCpu: column('server CPU', '% of a core', ({ server }) => server.cpuPercent),
  engineCpu: column('sound engine CPU', '% of a core', ({ server }) => server.engineCpuPercent),
  reportedCpu: column(
    'server CPU by /qos-metrics',
    '% of a core',
    ({ server }) => server.reportedCpuPercent,
  ),
  serverWait: column('server waits for CPU', '%', ({ server }) => server.waitPercent),
  serverDelay: column('capture to network p99', 'ms', ({ server }) => server.delayP99),
  lostSound: column('sound lost in the server', '%', ({ server }) => server.lostSoundPercent),
  memory: column('server memory', 'MB', ({ server }) => server.memoryMb),
  clientCpu: column('client CPU', '% of a core', ({ clientMachine }) => clientMachine.cpuPercent),
  clientDelay: column('client delay p99', 'ms', ({ clientMachine }) => clientMachine.loopDelayP99),
  fullBuffers: column('full buffers', '', ({ clientMachine }) => clientMachine.fullBuffers),
  concealed: column('concealed', '', ({ playing }) => playing.concealed),
  dropped: column('dropped', '', ({ playing }) => playing.dropped),
  buffer: column('jitter buffer', 'ms', ({ playing }) => playing.bufferMs),
  clockError: column('clock error', 'ms', ({ clockErrorMs }) => clockErrorMs),
} as const;

export function lossPercentOf({ received, expected }: Point): number {
  return expected === 0 ? Number.NaN : (100 * Math.max(0, expected - received)) / expected;
}

function column(name: string, unit: string, read: (point: Point) => number): Column {
  return { name, unit, read };
}
