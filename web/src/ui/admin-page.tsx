// The settings of the server: cameras, the console, the password; for who is logged in.

import { useEffect } from 'preact/hooks';
import { isAdmin } from './admin-session.ts';
import { AdminStreams } from './admin-streams.tsx';
import { ConsolePage } from './console/console-page.tsx';
import { logOut } from './login.ts';
import { LoginForm } from './login-form.tsx';
import { PasswordForm } from './password-form.tsx';
import { hash } from './router.ts';
import { text } from './settings.ts';

const TABS = ['cameras', 'console', 'access'] as const;
type Tab = (typeof TABS)[number];

export function AdminPage() {
  const { admin } = text.value;
  useEffect(() => {
    document.title = `${admin.title} · Yeoul`;
  }, [admin]);
  return (
    <div class={`admin ${chosenTab()}`}>
      <h1>{admin.title}</h1>
      {isAdmin.value === false && <LoginForm />}
      {isAdmin.value && <Administration />}
    </div>
  );
}

function Administration() {
  const { admin } = text.value;
  const chosen = chosenTab();
  return (
    <>
      <nav class="tabs" aria-label={admin.title}>
        {TABS.map((tab) => (
          <a
            key={tab}
            href={tab === 'cameras' ? '/admin' : `/admin#${tab}`}
            aria-current={tab === chosen ? 'page' : undefined}
          >
            {admin.tabs[tab]}
          </a>
        ))}
        <button
          type="button"
          class="plain"
          data-testid="log-out"
          onClick={() => void logOut().catch(() => undefined)}
        >
          {admin.leave}
        </button>
      </nav>
      {chosen === 'cameras' && <AdminStreams />}
      {chosen === 'console' && <ConsolePage />}
      {chosen === 'access' && <PasswordForm />}
    </>
  );
}

/** `#add` and `#edit-…` are about cameras. */
function chosenTab(): Tab {
  return TABS.find((tab) => hash.value === `#${tab}`) ?? 'cameras';
}
