// What a scripted camera does wrong. Everything is off at first; tests set it at the start or live.

import type { CameraLogin } from './login.ts';

/** An answer instead of the right one. */
interface CannedAnswer {
  readonly status: number;
  readonly reason?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What it wants from time to time; otherwise it hangs up after the session's timeout. */
type SignOfLife = 'nothing' | 'requests' | 'reports' | 'either';

export interface Behaviour {
  // Its answers
  /** SETUP for another transport is answered 461. */
  readonly transports: readonly ('tcp' | 'udp')[];
  /** By method: 404, 453, 503, a redirect. */
  readonly answers: Readonly<Record<string, CannedAnswer>>;
  /** Methods that it takes and never answers. */
  readonly unanswered: readonly string[];
  /** What it says in Public. */
  readonly publicMethods: string;
  readonly answerDelayMs: number;
  /** Answers everything with a web page, as a wrong port does. */
  readonly speaksHtml: boolean;
  /** The session's `timeout=`; undefined leaves it out and means 60 s. */
  readonly timeoutSeconds: number | undefined;
  readonly needs: SignOfLife;
  /** Another session id in each answer to SETUP. */
  readonly changesSessionId: boolean;
  /** Content-Base, made from the right one; undefined leaves it out. */
  readonly contentBase: (base: string) => string | undefined;
  /** The session description, made from the right one. */
  readonly description: (sdp: string) => string;
  /** Added to the interleaved ids that the client asked for. */
  readonly channelShift: number;
  /** No `server_port` in the answer to a SETUP by UDP. */
  readonly hidesServerPort: boolean;
  /** The SSRC that Transport announces; undefined announces none. */
  readonly announcedSsrc: string | undefined;
  /** `seq=0;rtptime=0` in RTP-Info, whatever follows. */
  readonly wrongRtpInfo: boolean;
  readonly dataBeforePlayAnswer: boolean;
  /** Sends OPTIONS to the client from time to time. */
  readonly asksEveryMs: number | undefined;
  /** More connections are closed as soon as they are made. */
  readonly maxConnections: number;
  readonly login: CameraLogin | undefined;

  // Its connections
  /** Media stops; requests are still answered. */
  readonly stalled: boolean;
  /** Neither reads nor writes any more; the connection stays. */
  readonly halfOpen: boolean;
  /** Hangs up after so many RTP packets on one connection. */
  readonly dropAfterPackets: number | undefined;
  /** Each frame comes with data on a channel that nobody asked for, and an empty line. */
  readonly strayData: boolean;

  // Its packets
  readonly maxPayloadBytes: number;
  /** `whole-units`: one packet for each NAL unit, however big; `annex-b`: all of a frame in one packet. */
  readonly packing: 'fragments' | 'whole-units' | 'annex-b';
  /** `parameter-sets`: on these too, before the end of the frame. */
  readonly markers: 'right' | 'never' | 'always' | 'parameter-sets';
  /** Where SPS, PPS and VPS are. */
  readonly parameterSets: 'both' | 'in-band' | 'described';
  readonly timestamps: 'right' | 'jittering' | 'stopped';
  /** Steps of 953 to 964 ticks instead of 960, and the like. */
  readonly inexactSound: boolean;
  /** Every nth packet is not sent, though its number counts. */
  readonly loseEvery: number | undefined;
  /** Every nth packet comes after the one behind it. */
  readonly swapEvery: number | undefined;
  readonly repeatEvery: number | undefined;
  readonly senderReports: boolean;
}

export const GOOD: Behaviour = {
  transports: ['tcp', 'udp'],
  answers: {},
  unanswered: [],
  publicMethods: 'OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN, GET_PARAMETER, SET_PARAMETER',
  answerDelayMs: 0,
  speaksHtml: false,
  timeoutSeconds: 60,
  needs: 'nothing',
  changesSessionId: false,
  contentBase: (base) => base,
  description: (sdp) => sdp,
  channelShift: 0,
  hidesServerPort: false,
  announcedSsrc: undefined,
  wrongRtpInfo: false,
  dataBeforePlayAnswer: false,
  asksEveryMs: undefined,
  maxConnections: Number.POSITIVE_INFINITY,
  login: undefined,
  stalled: false,
  halfOpen: false,
  dropAfterPackets: undefined,
  strayData: false,
  maxPayloadBytes: 1400,
  packing: 'fragments',
  markers: 'right',
  parameterSets: 'both',
  timestamps: 'right',
  inexactSound: false,
  loseEvery: undefined,
  swapEvery: undefined,
  repeatEvery: undefined,
  senderReports: true,
};
