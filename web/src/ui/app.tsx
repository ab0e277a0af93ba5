// The frame around every page, and the choice of the page.

import { useEffect } from 'preact/hooks';
import { DocsPage } from './docs-page.tsx';
import { EmbedPage } from './embed-page.tsx';
import { Header } from './header.tsx';
import { MixPage } from './mix-page.tsx';
import { embeddedStream, path, viewedStream } from './router.ts';
import { text } from './settings.ts';
import { useLater } from './use-later.ts';
import { ViewPage } from './view-page.tsx';
import { WallPage } from './wall-page.tsx';

export function App() {
  const embedded = embeddedStream(path.value);
  if (embedded !== undefined) return <EmbedPage streamId={embedded} />;
  return (
    <>
      <a class="skip" href="#content">
        {text.value.skipToContent}
      </a>
      <Header />
      <main id="content" tabIndex={-1}>
        <Page />
      </main>
    </>
  );
}

function Page() {
  const streamId = viewedStream(path.value);
  if (streamId !== undefined) return <ViewPage key={streamId} streamId={streamId} />;
  if (path.value === '/') return <WallPage />;
  if (path.value === '/mix') return <MixPage />;
  if (path.value === '/admin') return <Settings />;
  if (path.value === '/docs') return <DocsPage />;
  return <NotFoundPage />;
}

/** Loaded when it is wanted: who only watches does without. */
function Settings() {
  const AdminPage = useLater(async () => (await import('./admin-page.tsx')).AdminPage).value;
  return AdminPage && <AdminPage />;
}

function NotFoundPage() {
  const { title, back } = text.value.notFound;
  useEffect(() => {
    document.title = `${title} · Yeoul`;
  }, [title]);
  return (
    <section class="quiet">
      <h1>{title}</h1>
      <a class="button" href="/">
        {back}
      </a>
    </section>
  );
}
