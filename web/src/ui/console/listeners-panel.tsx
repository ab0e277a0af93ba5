// Who listens: what each gets, how it arrives, and the end of it.

import type { ListenerFigures, ListenerView } from '#contract/console.ts';
import { changeServer } from '../change-server.ts';
import { formatHertz, formatMs, formatPercent, UNKNOWN } from '../format.ts';
import { ServerText } from '../server-text.tsx';
import { text } from '../settings.ts';
import { HistoryLine } from '../sparkline.tsx';
import type { Tone } from '../state-words.ts';
import { MessageForm } from './message-form.tsx';
import { Section } from './section.tsx';

const TONES: Readonly<Record<ListenerView['state'], Tone>> = {
  waiting: 'busy',
  listening: 'live',
  silent: 'bad',
};

interface ListenersPanelProperties {
  /** Undefined until they are known. */
  readonly listeners: readonly ListenerView[] | undefined;
  readonly max: number;
}

export function ListenersPanel({ listeners, max }: ListenersPanelProperties) {
  const { listeners: words } = text.value.console;
  return (
    <Section
      name="listeners"
      aside={<p class="hint">{listeners && words.count(listeners.length, max)}</p>}
    >
      {listeners?.length === 0 && <p class="hint">{words.none}</p>}
      {listeners && listeners.length > 0 && (
        <>
          <ul class="listeners">
            {listeners.map((listener) => (
              <Listener key={listener.id} listener={listener} />
            ))}
          </ul>
          <MessageForm listeners={listeners} />
        </>
      )}
    </Section>
  );
}

function Listener({ listener }: { listener: ListenerView }) {
  const { listeners: words } = text.value.console;
  const { id, address, udp_port, state, adapted, user_agent } = listener;
  const kick = () =>
    void changeServer('DELETE', `/api/v1/console/listeners/${encodeURIComponent(id)}`).catch(
      () => undefined,
    );
  return (
    <li data-testid={`listener-${id}`}>
      <div class="who">
        <strong title={user_agent ?? undefined}>
          {udp_port === null ? address : `${address}:${udp_port}`}
        </strong>
        <span class="condition">
          <span class={`dot ${TONES[state]}`} />
          {words.states[state]}
        </span>
      </div>
      <p class="gets">{describeGets(listener)}</p>
      {adapted && (
        <p class="reason">
          {words.adapted} <ServerText text={adapted} />
        </p>
      )}
      <Network listener={listener} />
      <button type="button" class="plain" aria-label={words.kickOf(address)} onClick={kick}>
        {words.kick}
      </button>
    </li>
  );
}

interface NetworkFigure {
  readonly word: 'loss' | 'jitter' | 'latency';
  readonly read: (figures: ListenerFigures) => number;
  readonly format: (value: number) => string;
}

const FIGURES: readonly NetworkFigure[] = [
  { word: 'loss', read: ({ loss_percent }) => loss_percent, format: formatPercent },
  { word: 'jitter', read: ({ jitter_ms }) => jitter_ms, format: formatMs },
  { word: 'latency', read: ({ latency_ms }) => latency_ms, format: formatMs },
];

function Network({ listener: { network, history, address } }: { listener: ListenerView }) {
  const { listeners: words } = text.value.console;
  return (
    <dl class="network">
      {FIGURES.map(({ word, read, format }) => (
        <div key={word} data-testid={word}>
          <dt>{words[word]}</dt>
          <dd>
            {network ? format(read(network)) : UNKNOWN}
            <HistoryLine label={words.history(words[word], address)} samples={history.map(read)} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function describeGets(listener: ListenerView): string {
  const { listeners: words, format } = text.value.console;
  const { compression, sample_rate, packet_time_ms, bitrate, channels } = listener;
  return [
    words.channels(channels.length),
    format.codecs[compression],
    formatHertz(sample_rate),
    `${packet_time_ms} ms`,
    bitrate === null ? undefined : `${Math.round(bitrate / 1_000)} kb/s`,
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}
