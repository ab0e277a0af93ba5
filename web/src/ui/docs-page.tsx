// The API as a page, from the document that the server itself answers by.

import { useEffect } from 'preact/hooks';
import { EndpointView } from './endpoint-view.tsx';
import { endpointId, groupEndpoints, type OpenApi } from './openapi.ts';
import { ProblemList } from './problem-list.tsx';
import { Prose } from './prose.tsx';
import { language, text } from './settings.ts';
import { describeFailure } from './state-words.ts';
import { useDocument } from './use-document.ts';

export function DocsPage() {
  const { document: api, failure } = useDocument<OpenApi>('/api/v1/openapi.json');
  const { docs } = text.value;
  const loaded = api.value !== undefined;
  useEffect(() => {
    document.title = `${docs.title} · Yeoul`;
  }, [docs]);
  // The address may name a part of the page that was not there when it was opened.
  useEffect(() => {
    if (loaded) document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }, [loaded]);
  return (
    <div class="docs">
      <Contents api={api.value} />
      <div class="text">
        <h1>
          {docs.title} {api.value && <small>{api.value.info.version}</small>}
        </h1>
        <p class="lead">{docs.lead}</p>
        {api.value?.info.description && <Prose text={api.value.info.description} />}
        <p>
          <a href="/api/v1/openapi.json" target="_blank" rel="noreferrer">
            {docs.machine}
          </a>
        </p>
        {failure.value && <p class="reason">{describeFailure(failure.value, language.value)}</p>}
        {api.value ? <Endpoints api={api.value} /> : <p class="hint">{docs.loading}</p>}
        <ProblemList />
      </div>
    </div>
  );
}

function Contents({ api }: { api: OpenApi | undefined }) {
  const { docs } = text.value;
  return (
    <nav class="contents" aria-label={docs.contents}>
      {api &&
        groupEndpoints(api).map(({ name, endpoints }) => (
          <section key={name}>
            <h2>{name || docs.untagged}</h2>
            <ul>
              {endpoints.map((endpoint) => (
                <li key={endpointId(endpoint)}>
                  <a href={`#${endpointId(endpoint)}`}>
                    <span class={`method ${endpoint.method}`}>{endpoint.method}</span>
                    <span class="address">{endpoint.path}</span>
                  </a>
                </li>
              ))}
            </ul>
          </section>
        ))}
      <a href="#problems">{docs.problems}</a>
    </nav>
  );
}

function Endpoints({ api }: { api: OpenApi }) {
  return (
    <>
      {groupEndpoints(api).map(({ name, description, endpoints }) => (
        <section key={name}>
          <h2 class="tag">{name || text.value.docs.untagged}</h2>
          {description && <Prose text={description} />}
          {endpoints.map((endpoint) => (
            <EndpointView key={endpointId(endpoint)} endpoint={endpoint} api={api} />
          ))}
        </section>
      ))}
    </>
  );
}
