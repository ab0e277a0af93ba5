// Which page is shown: the address of the window, changed without loading anything.

import { signal } from '@preact/signals';

export const path = signal(location.pathname);

/** Follows links within the pages and the back button. */
export function startRouter(): void {
  addEventListener('popstate', () => {
    path.value = location.pathname;
  });
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.origin !== location.origin || link.target !== '' || !isPage(link.pathname)) return;
    if (link.pathname === location.pathname && link.hash !== '') return;
    event.preventDefault();
    history.pushState(null, '', link.href);
    path.value = link.pathname;
    scrollTo(0, 0);
  });
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
  return ['/', '/admin', '/docs'].includes(pathname) || pathname.startsWith('/view/');
}
