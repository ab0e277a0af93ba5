// Which page is shown: the address of the window, changed without loading anything.

import { signal } from '@preact/signals';

export const path = signal(location.pathname);
/** With its `#`, or empty. */
export const hash = signal(location.hash);

/** Follows links within the pages and the back button. */
export function startRouter(): void {
  // Links to another part of the same page too.
  addEventListener('popstate', readAddress);
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.origin !== location.origin || link.target !== '' || !isPage(link.pathname)) return;
    if (link.pathname === location.pathname && link.hash !== '') return;
    event.preventDefault();
    history.pushState(null, '', link.href);
    readAddress();
    scrollTo(0, 0);
  });
}

function readAddress(): void {
  path.value = location.pathname;
  hash.value = location.hash;
}

/** The stream that a `/view/{id}` address names. */
export function viewedStream(pathname: string): string | undefined {
  return readStreamId(pathname, /^\/view\/([^/]+)\/?$/);
}

/** The stream that an `/embed/{id}` address names. */
export function embeddedStream(pathname: string): string | undefined {
  return readStreamId(pathname, /^\/embed\/([^/]+)\/?$/);
}

function readStreamId(pathname: string, pattern: RegExp): string | undefined {
  const id = pattern.exec(pathname)?.[1];
  try {
    return id === undefined ? undefined : decodeURIComponent(id);
  } catch {
    return undefined;
  }
}

function isPage(pathname: string): boolean {
  return ['/', '/mix', '/admin', '/docs'].includes(pathname) || pathname.startsWith('/view/');
}
