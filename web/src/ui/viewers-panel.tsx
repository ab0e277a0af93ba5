// Who watches a stream: how, with what, how well; and the end of it, for who is logged in.

import type { ViewerView } from '#contract/streams.ts';
import { isAdmin } from './admin-session.ts';
import { changeServer } from './change-server.ts';
import { formatMs, formatPercent, UNKNOWN } from './format.ts';
import { language, text } from './settings.ts';
import { usePoll } from './use-poll.ts';

interface ViewersPanelProperties {
  readonly streamId: string;
  /** The viewer that this page is. */
  readonly ownId: string | undefined;
}

export function ViewersPanel({ streamId, ownId }: ViewersPanelProperties) {
  const address = `/api/v1/streams/${encodeURIComponent(streamId)}/viewers`;
  const { data } = usePoll<{ viewers: ViewerView[] }>(address);
  const { viewers: words } = text.value;
  const viewers = data.value?.viewers ?? [];
  const end = (id: string) =>
    void changeServer('DELETE', `${address}/${encodeURIComponent(id)}`).catch(() => undefined);
  return (
    <section class="viewers" data-testid="viewers">
      <h2>{words.title}</h2>
      {viewers.length === 0 ? (
        <p class="hint">{words.none}</p>
      ) : (
        <div class="sideways">
          <table>
            <thead>
              <tr>
                {[words.who, words.how, words.what, words.rtt, words.loss, words.since].map(
                  (head) => (
                    <th key={head} scope="col">
                      {head}
                    </th>
                  ),
                )}
              </tr>
            </thead>
            <tbody>
              {viewers.map((viewer) => (
                <ViewerRow
                  key={viewer.id}
                  viewer={viewer}
                  own={viewer.id === ownId}
                  onEnd={isAdmin.value ? end : undefined}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

interface ViewerRowProperties {
  readonly viewer: ViewerView;
  readonly own: boolean;
  readonly onEnd: ((id: string) => void) | undefined;
}

function ViewerRow({ viewer, own, onEnd }: ViewerRowProperties) {
  const { viewers: words, why } = text.value;
  const codecs = viewer.tracks.map(({ codec }) => codec).join(' + ');
  const loss = Math.max(0, ...viewer.tracks.map(({ lossRatio }) => lossRatio));
  const how = [viewer.protocol, viewer.path]
    .filter((part) => part)
    .join(' · ')
    .toUpperCase();
  return (
    <tr class={own ? 'own' : undefined}>
      <td title={viewer.userAgent ?? undefined}>
        {own ? words.you : (viewer.remote ?? viewer.id)}
      </td>
      <td>{how}</td>
      <td>
        {`${why.profiles[viewer.profile]}: ${codecs || UNKNOWN}`}
        <small>{viewer.choice}</small>
      </td>
      <td>{viewer.rttMs === null ? UNKNOWN : formatMs(viewer.rttMs)}</td>
      <td>{formatPercent(100 * loss)}</td>
      <td>{formatTime(viewer.since)}</td>
      {onEnd && (
        <td>
          <button
            type="button"
            class="plain"
            aria-label={words.endOf(viewer.id)}
            onClick={() => onEnd(viewer.id)}
          >
            {words.end}
          </button>
        </td>
      )}
    </tr>
  );
}

function formatTime(time: string): string {
  return new Intl.DateTimeFormat(language.value, { timeStyle: 'medium' }).format(new Date(time));
}
