// How the element looks; the page around it may set its size, and `--yeoul-background`.

export const elementStyles = `
:host { display: block; position: relative; aspect-ratio: 16 / 9; overflow: hidden;
  background: var(--yeoul-background, #08262f); color: #e8f5f3; font: 0.875rem/1.4 system-ui, sans-serif; }
:host([hidden]) { display: none; }
.stage, video, canvas { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; }
.past .stage { filter: saturate(0.4) brightness(0.7); }
.words { position: absolute; inset: 0.5rem 0.5rem auto; margin: 0; width: fit-content; padding: 0.25em 0.875em;
  border-radius: 1rem; background: rgb(4 22 28 / 72%); }
.words:empty { display: none; }
.bar { position: absolute; inset: auto 0 0; display: flex; justify-content: flex-end; padding: 0.25rem;
  background: linear-gradient(transparent, rgb(4 22 28 / 72%)); opacity: 0; transition: opacity 0.2s; }
:host(:hover) .bar, .bar:focus-within { opacity: 1; }
@media (hover: none) { .bar { opacity: 1; } }
button { width: 2.75rem; height: 2.75rem; border: 0; background: none; color: inherit; cursor: pointer; }
svg { width: 1.25rem; fill: none; stroke: currentColor; stroke-width: 1.7; stroke-linecap: round; stroke-linejoin: round; }
`;
