// Where musicians' phones land: whether sound is there, which channels go out, and how to hear them.

import { useEffect } from 'preact/hooks';
import type { Failure } from '#client/connection-state.ts';
import type { AudioMeta } from '#contract/audio-meta.ts';
import { CAPTURE_TONES } from './console/capture-tones.ts';
import { CopiedCommand } from './copied-command.tsx';
import { listenCommand, listMixFacts } from './mix-words.ts';
import { ServerText } from './server-text.tsx';
import { language, text } from './settings.ts';
import { describeFailure } from './state-words.ts';
import { usePageVisible } from './use-page-visible.ts';
import { usePoll } from './use-poll.ts';

/** Of a server whose console is turned off. */
const TURNED_OFF = 'not_found';

export function MixPage() {
  const visible = usePageVisible();
  const { data, state } = usePoll<AudioMeta>(visible.value ? '/audio-meta' : null);
  const { mix, connection } = text.value;
  useEffect(() => {
    document.title = `${mix.title} · Yeoul`;
  }, [mix]);
  const failure = 'failure' in state.value ? state.value.failure : null;
  const isOff = failure?.code === TURNED_OFF;
  const meta = isOff ? undefined : data.value;
  return (
    <div class="mix">
      <div class="head">
        <h1>{mix.title}</h1>
        {meta && !failure && <SoundState server={meta.server} />}
      </div>
      {failure ? (
        <Trouble failure={failure} />
      ) : (
        !meta && <p class="hint">{connection.connecting}</p>
      )}
      {meta && <Sound meta={meta} />}
      {!isOff && <Listening />}
    </div>
  );
}

/** The server cannot be asked, or has no sound at all. */
function Trouble({ failure }: { failure: Failure }) {
  const isOff = failure.code === TURNED_OFF;
  return (
    <p class="reason" role="alert" data-testid="mix-failure">
      {isOff ? text.value.mix.off : describeFailure(failure, language.value)}
    </p>
  );
}

function SoundState({ server: { state } }: { server: AudioMeta['server'] }) {
  return (
    <p class="condition" role="status" data-testid="sound-state" data-state={state}>
      <span class={`dot ${CAPTURE_TONES[state]}`} />
      {text.value.mix.states[state]}
    </p>
  );
}

function Sound({ meta }: { meta: AudioMeta }) {
  const { mix, console } = text.value;
  const { test_mode, reason, state } = meta.server;
  return (
    <>
      {test_mode && (
        <p class="banner" role="alert" data-testid="test-mode">
          {mix.testMode}
        </p>
      )}
      {reason && (
        <p class={state === 'failed' ? 'reason bad' : 'reason'} data-testid="sound-reason">
          <ServerText text={reason} />
        </p>
      )}
      <dl class="figure-strip">
        {listMixFacts(meta, console).map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Channels channels={meta.channels} />
    </>
  );
}

function Channels({ channels }: Pick<AudioMeta, 'channels'>) {
  const { mix, console } = text.value;
  return (
    <section aria-labelledby="mix-channels">
      <h2 id="mix-channels">{console.sections.channels}</h2>
      {channels.length === 0 && <p class="hint">{mix.noChannels}</p>}
      <ol class="mix-channels" data-testid="mix-channels">
        {channels.map(({ id, name, attributes: { color } }) => (
          <li key={id}>
            <span class={`dot swatch ${color ?? 'none'}`} />
            {name}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Listening() {
  const { mix } = text.value;
  return (
    <section aria-labelledby="mix-hear">
      <h2 id="mix-hear">{mix.hear}</h2>
      <p>{mix.nativeOnly}</p>
      <CopiedCommand command={listenCommand(location.origin)} />
    </section>
  );
}
