// One part of the console's page, with its heading.

import type { ComponentChildren } from 'preact';
import { text } from '../settings.ts';
import type { Words } from '../words.ts';

interface SectionProperties {
  readonly name: keyof Words['console']['sections'];
  /** Beside the heading. */
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Section({ name, aside, children }: SectionProperties) {
  return (
    <section class="card" id={name} data-testid={name} aria-labelledby={`${name}-title`}>
      <div class="head">
        <h2 id={`${name}-title`}>{text.value.console.sections[name]}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
