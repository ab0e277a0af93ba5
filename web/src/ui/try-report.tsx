// What trying an address has found, profile by profile.

import type { ProfileView } from '#contract/streams.ts';
import { text } from './settings.ts';
import { ProfileReport } from './why-panel.tsx';

export interface TryResult {
  readonly profiles: readonly ProfileView[];
}

export function TryReport({ result }: { result: TryResult }) {
  const { form } = text.value;
  const works = result.profiles.every(({ state }) => state === 'live');
  return (
    <section class="found" data-testid="try-report" data-works={works} aria-live="polite">
      <h4>{form.found}</h4>
      <p class={works ? 'good' : 'reason bad'}>{works ? form.works : form.fails}</p>
      {result.profiles.map((profile) => (
        <ProfileReport key={profile.name} profile={profile} />
      ))}
    </section>
  );
}
