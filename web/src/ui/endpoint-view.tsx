// One operation of the API: address, parameters, body and answers.

import {
  type Content,
  type Endpoint,
  endpointId,
  type OpenApi,
  type Operation,
  type Response,
} from './openapi.ts';
import { Inline, Prose } from './prose.tsx';
import { SchemaView, TypeName } from './schema-view.tsx';
import { text } from './settings.ts';

interface EndpointProperties {
  readonly endpoint: Endpoint;
  readonly api: OpenApi;
}

export function EndpointView({ endpoint, api }: EndpointProperties) {
  const { method, path, operation } = endpoint;
  const { docs } = text.value;
  const id = endpointId(endpoint);
  return (
    <article class="endpoint" id={id}>
      <h3>
        <a href={`#${id}`}>
          <span class={`method ${method}`}>{method}</span> <code>{path}</code>
        </a>
      </h3>
      {operation.summary && <p class="summary">{operation.summary}</p>}
      {operation.description && <Prose text={operation.description} />}
      {operation.parameters && operation.parameters.length > 0 && (
        <>
          <h4>{docs.parameters}</h4>
          <Parameters operation={operation} api={api} />
        </>
      )}
      {operation.requestBody?.content && (
        <>
          <h4>{docs.body}</h4>
          <Contents content={operation.requestBody.content} api={api} />
        </>
      )}
      <h4>{docs.responses}</h4>
      <Responses operation={operation} api={api} />
    </article>
  );
}

function Parameters({ operation, api }: { operation: Operation; api: OpenApi }) {
  return (
    <dl class="fields">
      {operation.parameters?.map((parameter) => (
        <div key={`${parameter.in} ${parameter.name}`}>
          <dt>
            <code>{parameter.name}</code> <span class="type">{parameter.in}</span>
            {parameter.schema && <TypeName schema={parameter.schema} api={api} />}
            {parameter.required && <span class="required">{text.value.docs.required}</span>}
          </dt>
          <dd>
            <Inline text={parameter.description ?? parameter.schema?.description ?? ''} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Successes with all they hold; problems, which all look the same, with their meaning only. */
function Responses({ operation, api }: { operation: Operation; api: OpenApi }) {
  return (
    <>
      {Object.entries(operation.responses ?? {}).map(([status, response]) => (
        <div key={status} class="response">
          <p>
            <span class={`status s${status.charAt(0)}`}>{status}</span>
            <Inline text={response.description ?? ''} />
          </p>
          {response.headers && <Headers headers={response.headers} />}
          {response.content && status < '400' && <Contents content={response.content} api={api} />}
        </div>
      ))}
    </>
  );
}

function Headers({ headers }: { headers: NonNullable<Response['headers']> }) {
  return (
    <dl class="fields">
      {Object.entries(headers).map(([name, header]) => (
        <div key={name}>
          <dt>
            <code>{name}</code> <span class="type">header</span>
          </dt>
          <dd>
            <Inline text={header.description ?? ''} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Contents({ content, api }: { content: Readonly<Record<string, Content>>; api: OpenApi }) {
  return (
    <>
      {Object.entries(content).map(([type, { schema }]) => (
        <div key={type} class="content">
          <code class="media">{type}</code>
          {schema && <SchemaView schema={schema} api={api} />}
        </div>
      ))}
    </>
  );
}
