// What phones scan: a code for each address of the server.

import { useSignal } from '@preact/signals';
import type { JoinCode } from '#contract/console.ts';
import { ChoiceField } from '../field.tsx';
import { text } from '../settings.ts';
import { useDocument } from '../use-document.ts';
import { Section } from './section.tsx';

export function JoinPanel() {
  const { join } = text.value.console;
  const { document: read } = useDocument<{ codes: JoinCode[] }>('/api/v1/console/join-codes');
  const chosen = useSignal<string | null>(null);
  const codes = read.value?.codes;
  const code = codes?.find(({ url }) => url === chosen.value) ?? codes?.[0];
  return (
    <Section name="join">
      {codes?.length === 0 && <p class="reason">{join.none}</p>}
      {code && (
        <div class="join">
          <img
            alt={join.code(code.url)}
            src={`data:image/svg+xml,${encodeURIComponent(code.svg)}`}
          />
          <div>
            <p>{join.lead}</p>
            <p class="address">{code.url}</p>
            <ChoiceField
              name="address"
              label={join.address}
              value={code.url}
              choices={codes?.map(({ url }) => [url, new URL(url).host] as const) ?? []}
              onInput={(url) => {
                chosen.value = url;
              }}
            />
          </div>
        </div>
      )}
    </Section>
  );
}
