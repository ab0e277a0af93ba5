// The top of every page: the mark, the pages, how we stand with the server, language and appearance.

import { Icon } from './icon.tsx';
import { path } from './router.ts';
import { reachesServer, serverState } from './server-state.ts';
import { language, switchLanguage, switchTheme, text, theme } from './settings.ts';
import { Wordmark } from './wordmark.tsx';

export function Header() {
  const { nav } = text.value;
  return (
    <header class="top">
      <a class="home" href="/" aria-label="여울 Yeoul">
        <Wordmark />
      </a>
      <nav aria-label={nav.label}>
        <PageLink href="/" label={nav.wall} />
        <PageLink href="/admin" label={nav.admin} />
        <PageLink href="/docs" label={nav.api} />
      </nav>
      <ServerState />
      <Settings />
    </header>
  );
}

function PageLink({ href, label }: { href: string; label: string }) {
  return (
    <a href={href} aria-current={path.value === href ? 'page' : undefined}>
      {label}
    </a>
  );
}

function ServerState() {
  const { kind } = serverState.value;
  if (kind === 'idle' || kind === 'closed') return null;
  const { server } = text.value;
  const connected = reachesServer(serverState.value);
  const again = kind === 'waiting' || (kind === 'connecting' && serverState.value.attempt > 0);
  const label = connected ? server.connected : again ? server.reconnecting : server.connecting;
  return (
    <output class="server" data-testid="server-state" data-state={kind}>
      <span class={`dot ${connected ? 'live' : 'busy'}`} />
      <span class="label">{label}</span>
    </output>
  );
}

function Settings() {
  const { settings, otherLanguage } = text.value;
  const themeLabel = `${settings.theme}: ${settings.themes[theme.value]}`;
  return (
    <div class="settings">
      <button
        type="button"
        class="plain"
        data-testid="language"
        lang={language.value === 'ko' ? 'en' : 'ko'}
        aria-label={settings.switchLanguage}
        onClick={switchLanguage}
      >
        {otherLanguage}
      </button>
      <button
        type="button"
        class="plain icon"
        data-testid="theme"
        aria-label={themeLabel}
        title={themeLabel}
        onClick={switchTheme}
      >
        <Icon name={theme.value} />
      </button>
    </div>
  );
}
