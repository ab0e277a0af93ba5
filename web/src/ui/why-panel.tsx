// Why a picture is as it is, or why there is none: what the camera sends, what this browser takes, what
// was chosen from the two or refused, and which setting would change it.

import type { ComponentChildren } from 'preact';
import type { StreamFigures } from '#client/stream-figures.ts';
import type { ProfileView, StreamView, ViewerView } from '#contract/streams.ts';
import type { PlayerView } from '../players/whep-player.ts';
import { summarizeCodecs } from './browser-codecs.ts';
import { language, text } from './settings.ts';
import { describeFailure } from './state-words.ts';
import { describeState, stateTone } from './stream-words.ts';
import { listTrackFacts } from './track-facts.ts';
import { useServerTime } from './use-server-time.ts';

interface WhyPanelProperties {
  readonly stream: StreamView;
  readonly view: PlayerView | undefined;
  /** This page, as the server sees it, once it knows. */
  readonly viewer: ViewerView | undefined;
}

export function WhyPanel({ stream, view, viewer }: WhyPanelProperties) {
  const { why } = text.value;
  return (
    <section class="why" data-testid="why">
      <h2>{why.title}</h2>
      <div class="columns">
        <section>
          <h3>{why.camera}</h3>
          {stream.profiles.map((profile) => (
            <ProfileReport key={profile.name} profile={profile} />
          ))}
        </section>
        <section>
          <h3>{why.browser}</h3>
          <BrowserReport />
        </section>
        <section>
          <h3>{why.chosen}</h3>
          <Choice view={view} viewer={viewer} />
          <Conversions stream={stream} />
        </section>
      </div>
    </section>
  );
}

/** One of a camera's encodings; also what a try has found. */
export function ProfileReport({ profile }: { profile: ProfileView }) {
  const { why } = text.value;
  const nowMs = useServerTime(profile.state === 'retrying').value;
  return (
    <div class="profile" data-testid={`profile-${profile.name}`} data-state={profile.state}>
      <h4>
        {why.profiles[profile.name]}
        <span class="condition">
          <span class={`dot ${stateTone(profile.state)}`} />
          {describeState(profile, nowMs, language.value)}
        </span>
      </h4>
      <p class="address">{profile.source}</p>
      {profile.reason && <p class="reason">{profile.reason}</p>}
      {profile.tracks.length === 0 && !profile.reason && <p class="hint">{why.noTracks}</p>}
      {profile.tracks.map((track) => (
        <Facts key={track.kind}>
          {listTrackFacts(track, why).map(({ label, value, bad }) => (
            <Fact key={label} label={label} value={value} bad={bad} />
          ))}
        </Facts>
      ))}
      <Notes title={why.ignored} notes={profile.ignored} />
      <Notes title={why.warnings} notes={profile.warnings} warning />
    </div>
  );
}

interface NotesProperties {
  readonly title: string;
  readonly notes: readonly string[];
  readonly warning?: boolean;
}

function Notes({ title, notes, warning = false }: NotesProperties) {
  if (notes.length === 0) return null;
  return (
    <>
      <h5>{title}</h5>
      <ul class={warning ? 'notes warning' : 'notes'}>
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </>
  );
}

function BrowserReport() {
  const { why } = text.value;
  const takes = (kind: 'video' | 'audio') =>
    summarizeCodecs(globalThis.RTCRtpReceiver?.getCapabilities?.(kind)?.codecs ?? []);
  return (
    <Facts>
      <Fact label={why.video} value={takes('video') || why.unknownOffer} />
      <Fact label={why.audio} value={takes('audio') || why.unknownOffer} />
    </Facts>
  );
}

function Choice({ view, viewer }: Pick<WhyPanelProperties, 'view' | 'viewer'>) {
  const { why } = text.value;
  const connection = view?.connection;
  const failure = connection && 'failure' in connection ? connection.failure : null;
  const remedies: Readonly<Record<string, string>> = why.remedies;
  const remedy = failure?.code ? remedies[failure.code] : undefined;
  return (
    <>
      {view?.figures && <Received figures={view.figures} />}
      {viewer && (
        <Facts>
          <Fact label={why.profiles[viewer.profile]} value={viewer.choice} />
        </Facts>
      )}
      {failure && (
        <div data-testid="refusal">
          <h5>{why.refusedWith}</h5>
          {failure.code !== 'stream_not_ready' && (
            <p class="reason">{describeFailure(failure, language.value)}</p>
          )}
          {remedy && <p>{remedy}</p>}
        </div>
      )}
    </>
  );
}

/** What arrives, whoever chose it. */
function Received({ figures }: { figures: StreamFigures }) {
  const { figure } = text.value;
  const codecs = [figures.codec, figures.audioCodec].filter((codec) => codec).join(' + ');
  return (
    <Facts>
      {codecs && <Fact label={figure.codec[0]} value={codecs} />}
      {figures.transport && (
        <Fact label={figure.transport[0]} value={figures.transport.toUpperCase()} />
      )}
    </Facts>
  );
}

function Conversions({ stream }: { stream: StreamView }) {
  const { why } = text.value;
  if (stream.conversions.length === 0) return null;
  return (
    <Facts>
      {stream.conversions.map(({ from, to, users, state, reason }) => (
        <Fact
          key={`${from} ${to}`}
          label={why.conversion}
          value={`${from} → ${to}, ${reason ?? why.conversionUsers(users)}`}
          bad={state === 'failed'}
        />
      ))}
    </Facts>
  );
}

function Facts({ children }: { children: ComponentChildren }) {
  return <dl class="facts">{children}</dl>;
}

interface FactProperties {
  readonly label: string;
  readonly value: string;
  readonly bad?: boolean;
}

function Fact({ label, value, bad = false }: FactProperties) {
  return (
    <div class={bad ? 'bad' : undefined}>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}
