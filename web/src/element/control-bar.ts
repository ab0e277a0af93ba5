// The element's own buttons: play or pause, sound, full screen.

import { type IconName, pictograms } from '../ui/pictograms.ts';

interface Button {
  readonly icon: IconName;
  readonly label: string;
  readonly onClick: () => void;
}

export class ControlBar {
  readonly element = document.createElement('div');
  #shown = '';

  constructor() {
    this.element.className = 'bar';
  }

  /** Changes nothing while the buttons are the same, so that they keep the focus. */
  show(buttons: readonly Button[]): void {
    const shown = buttons.map(({ icon, label }) => `${icon} ${label}`).join();
    if (shown === this.#shown) return;
    this.#shown = shown;
    const focused = [...this.element.children].indexOf(focusedIn(this.element));
    this.element.replaceChildren(...buttons.map(createButton));
    const again = this.element.children[focused];
    if (again instanceof HTMLElement) again.focus();
  }
}

function focusedIn(element: Element): Element {
  const root = element.getRootNode();
  return (root instanceof ShadowRoot && root.activeElement) || element;
}

function createButton({ icon, label, onClick }: Button): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.title = label;
  button.setAttribute('aria-label', label);
  button.addEventListener('click', onClick);
  const namespace = 'http://www.w3.org/2000/svg';
  const picture = document.createElementNS(namespace, 'svg');
  picture.setAttribute('viewBox', '0 0 24 24');
  const path = document.createElementNS(namespace, 'path');
  path.setAttribute('d', pictograms[icon]);
  picture.append(path);
  button.append(picture);
  return button;
}
