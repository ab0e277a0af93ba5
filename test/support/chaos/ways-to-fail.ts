// How cameras fail, each in its own way: what is wrong from the start, what happens every few seconds,
// and the state and the words in which it must end.

import type { StreamState } from '#contract/streams.ts';
import type { Behaviour } from '../scripted-camera/behaviour.ts';
import type { CameraClip } from '../scripted-camera/clip.ts';
import type { ScriptedCamera } from '../scripted-camera/scripted-camera.ts';

export interface Troubled {
  readonly camera: ScriptedCamera;
  /** What it plays at first, the same in another size, and in another codec. */
  readonly clips: {
    readonly usual: CameraClip;
    readonly large: CameraClip;
    readonly h265: CameraClip;
  };
  readonly random: () => number;
  /** How often it was disturbed before. */
  readonly turn: number;
}

export interface WayToFail {
  readonly name: string;
  readonly behaviour?: Partial<Behaviour>;
  /** Of the stream: YAML of one line. */
  readonly settings?: string;
  disturb(troubled: Troubled): void;
  /** Its last failure, which stays; without it the camera is well again. */
  end?(troubled: Troubled): void;
  readonly state: StreamState;
  readonly reason?: RegExp;
}

const LOGIN = { username: 'admin', password: 'right', lockAfter: 3 };
const WRONG = 'username: admin, password: wrong';
const RIGHT = 'username: admin, password: right';
const MOVED = { status: 302, reason: 'Moved' };

/** Begins to fail and stops again in turn; whoever is connected has to come anew. */
function toggle(
  wrong: Partial<Behaviour>,
  right: Partial<Behaviour>,
): Pick<WayToFail, 'disturb' | 'end'> {
  const begin = ({ camera }: Troubled) => {
    camera.behave(wrong);
    camera.hangUp();
  };
  const stop = ({ camera }: Troubled) => {
    camera.behave(right);
    camera.hangUp();
  };
  return { disturb: (troubled) => (troubled.turn % 2 === 0 ? begin : stop)(troubled), end: begin };
}

/** Toggles without a new connection. */
function flicker(wrong: Partial<Behaviour>, right: Partial<Behaviour>): Pick<WayToFail, 'disturb'> {
  return { disturb: ({ camera, turn }) => camera.behave(turn % 2 === 0 ? wrong : right) };
}

export const WAYS_TO_FAIL: readonly WayToFail[] = [
  {
    name: 'hangs up',
    disturb: ({ camera }) => camera.hangUp(),
    end: ({ camera }) => {
      camera.behave({ dropAfterPackets: 0 });
      camera.hangUp();
    },
    state: 'retrying',
    reason: /closed the connection|connection was reset/,
  },
  {
    name: 'sends no media',
    ...flicker({ stalled: true }, { stalled: false }),
    end: ({ camera }) => camera.behave({ stalled: true }),
    state: 'retrying',
    reason: /no complete frame|sends nothing|no .* within/,
  },
  {
    name: 'is half open',
    ...flicker({ halfOpen: true }, { halfOpen: false }),
    end: ({ camera }) => camera.behave({ halfOpen: true }),
    state: 'retrying',
    reason: /no complete frame|no answer|no .* within/,
  },
  {
    name: 'has nothing there',
    ...toggle({ answers: { DESCRIBE: { status: 404 } } }, { answers: {} }),
    state: 'retrying',
    reason: /nothing at this path.*404/,
  },
  {
    name: 'is busy',
    ...toggle({ answers: { SETUP: { status: 503 } } }, { answers: {} }),
    state: 'retrying',
    reason: /busy.*503/,
  },
  {
    name: 'has no room',
    ...toggle({ answers: { PLAY: { status: 453 } } }, { answers: {} }),
    state: 'retrying',
    reason: /no bandwidth.*453/,
  },
  {
    name: 'speaks HTML',
    ...toggle({ speaksHtml: true }, { speaksHtml: false }),
    state: 'retrying',
    reason: /speaks HTTP/,
  },
  {
    name: 'does not answer',
    ...toggle({ unanswered: ['SETUP'] }, { unanswered: [] }),
    state: 'retrying',
    reason: /no answer/,
  },
  {
    name: 'answers slowly',
    ...toggle({ answerDelayMs: 60_000 }, { answerDelayMs: 300 }),
    state: 'retrying',
    reason: /no answer/,
  },
  {
    name: 'describes nonsense',
    ...toggle({ description: () => 'v=0\r\nx' }, { description: (sdp) => sdp }),
    state: 'retrying',
    reason: /description/,
  },
  {
    name: 'describes 500 tracks',
    ...toggle(
      { description: (sdp) => sdp + 'm=audio 0 RTP/AVP 0\r\n'.repeat(500) },
      { description: (sdp) => sdp },
    ),
    state: 'retrying',
    reason: /more than 64 media sections/,
  },
  {
    name: 'sends elsewhere in a circle',
    ...toggle(
      { answers: { DESCRIBE: { ...MOVED, headers: { Location: '/live' } } } },
      { answers: {} },
    ),
    state: 'refused',
    reason: /redirects more than/,
  },
  {
    name: 'has another password',
    behaviour: { login: LOGIN },
    settings: WRONG,
    disturb: ({ camera }) => camera.hangUp(),
    state: 'refused',
    reason: /wrong user name or password/,
  },
  {
    name: 'changes its password',
    behaviour: { login: LOGIN },
    settings: RIGHT,
    disturb: ({ camera, turn }) => {
      if (turn > 0) camera.behave({ login: { ...LOGIN, password: 'new' } });
      camera.hangUp();
    },
    end: ({ camera }) => {
      camera.behave({ login: { ...LOGIN, password: 'new' } });
      camera.hangUp();
    },
    state: 'refused',
    reason: /wrong user name or password/,
  },
  {
    name: 'knows two schemes and a third password',
    behaviour: { login: { ...LOGIN, schemes: ['SHA-256', 'MD5', 'Basic'] } },
    settings: WRONG,
    disturb: ({ camera }) => camera.hangUp(),
    state: 'refused',
    reason: /wrong user name or password/,
  },
  {
    name: 'forgets nonces',
    behaviour: { login: { ...LOGIN, nonceUses: 3 }, timeoutSeconds: 4 },
    settings: RIGHT,
    disturb: ({ camera, turn }) => {
      camera.expireNonces();
      if (turn % 3 === 2) camera.hangUp();
    },
    state: 'live',
  },
  { name: 'renews its SSRCs', disturb: ({ camera }) => camera.renewSsrcs(), state: 'live' },
  {
    name: 'changes its size',
    disturb: ({ camera, clips, turn }) =>
      camera.switchTo(turn % 2 === 0 ? clips.large : clips.usual),
    state: 'live',
  },
  {
    name: 'changes its codec',
    disturb: ({ camera, clips, turn }) => {
      camera.use(turn % 2 === 0 ? clips.h265 : clips.usual);
      camera.hangUp();
    },
    state: 'live',
  },
  { name: 'sends torn frames', disturb: ({ camera }) => camera.sendTornFrame(), state: 'live' },
  {
    name: 'sends data on other channels',
    behaviour: { strayData: true, channelShift: 4 },
    disturb: ({ camera }) => camera.hangUp(),
    state: 'live',
  },
  {
    name: 'jumps in time',
    disturb: ({ camera, random }) => camera.jump(Math.round((random() - 0.5) * 10_000)),
    state: 'live',
  },
  {
    name: 'jitters',
    ...flicker({ timestamps: 'jittering' }, { timestamps: 'stopped' }),
    end: ({ camera }) => camera.behave({ timestamps: 'right' }),
    state: 'live',
  },
  {
    name: 'marks at random',
    ...flicker({ markers: 'always' }, { markers: 'never' }),
    state: 'live',
  },
  {
    name: 'loses, swaps and doubles by UDP',
    settings: 'transport: udp',
    behaviour: { swapEvery: 7, repeatEvery: 5 },
    disturb: ({ camera, random }) => camera.lose(1 + Math.floor(random() * 20)),
    state: 'live',
  },
];
