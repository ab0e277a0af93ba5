// Language and appearance: chosen by the device until somebody chooses, then remembered.

import { computed, effect, signal } from '@preact/signals';
import { recall, remember } from './device-storage.ts';
import { type Language, type Words, words } from './words.ts';

type Theme = 'auto' | 'light' | 'dark';

const THEMES: readonly Theme[] = ['auto', 'light', 'dark'];

export const language = signal<Language>(readLanguage());
export const theme = signal<Theme>(THEMES.find((name) => name === recall('theme')) ?? 'auto');

/** The words of the present language. */
export const text = computed<Words>(() => words[language.value]);

export function switchLanguage(): void {
  language.value = language.value === 'ko' ? 'en' : 'ko';
  remember('language', language.value);
}

/** Device → light → dark → device. */
export function switchTheme(): void {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? 'auto';
  remember('theme', theme.value);
}

/** Keeps the document's attributes, which the styles and screen readers go by. */
export function applySettings(): void {
  effect(() => {
    document.documentElement.lang = language.value;
    document.documentElement.dataset['theme'] = theme.value;
  });
}

function readLanguage(): Language {
  const chosen = recall('language');
  if (chosen === 'ko' || chosen === 'en') return chosen;
  return navigator.language.toLowerCase().startsWith('ko') ? 'ko' : 'en';
}
