// A command for a terminal, with a button that copies it.

import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { text } from './settings.ts';

export function CopiedCommand({ command }: { command: string }) {
  const code = useRef<HTMLElement>(null);
  const copied = useSignal(false);
  const { copy } = text.value.mix;
  return (
    <p class="command">
      <code ref={code}>{command}</code>
      <button
        type="button"
        class="button quiet"
        onClick={() => {
          copied.value = code.current !== null && copyText(code.current);
        }}
      >
        {copied.value ? copy.done : copy.label}
      </button>
    </p>
  );
}

/**
 * Whether it could: where not, it is selected at least. The newer `navigator.clipboard` is there over
 * HTTPS only, and phones come here by HTTP.
 */
function copyText(element: HTMLElement): boolean {
  getSelection()?.selectAllChildren(element);
  return document.execCommand('copy');
}
