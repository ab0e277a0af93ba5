// The fields of a schema, nested objects folded.

import { describeType, type OpenApi, resolveSchema, type Schema } from './openapi.ts';
import { Inline } from './prose.tsx';
import { text } from './settings.ts';

/** Deeper nesting is not for reading; schemas that contain themselves end here too. */
const MAX_DEPTH = 6;

interface SchemaProperties {
  readonly schema: Schema;
  readonly api: OpenApi;
  readonly depth?: number;
}

export function SchemaView({ schema, api, depth = 0 }: SchemaProperties) {
  const object = objectWithin(schema, api);
  if (!object?.properties || depth >= MAX_DEPTH) return <TypeName schema={schema} api={api} />;
  return (
    <dl class="fields">
      {Object.entries(object.properties).map(([name, field]) => (
        <Field
          key={name}
          name={name}
          schema={field}
          required={object.required?.includes(name) ?? false}
          api={api}
          depth={depth}
        />
      ))}
    </dl>
  );
}

export function TypeName({ schema, api }: SchemaProperties) {
  return <span class="type">{describeType(schema, api)}</span>;
}

interface FieldProperties extends Required<SchemaProperties> {
  readonly name: string;
  readonly required: boolean;
}

function Field({ name, schema, required, api, depth }: FieldProperties) {
  const inner = objectWithin(schema, api);
  return (
    <div>
      <dt>
        <code>{name}</code> <TypeName schema={schema} api={api} />
        {!required && <span class="optional">?</span>}
      </dt>
      <dd>
        <Inline text={resolveSchema(schema, api).description ?? ''} />
        {inner?.properties && (
          <details>
            <summary>{text.value.docs.fields}</summary>
            <SchemaView schema={schema} api={api} depth={depth + 1} />
          </details>
        )}
      </dd>
    </div>
  );
}

/** The object that a schema is, or is a list of. */
function objectWithin(schema: Schema, api: OpenApi): Schema | undefined {
  const resolved = resolveSchema(schema, api);
  if (resolved.properties) return resolved;
  return resolved.items && objectWithin(resolved.items, api);
}
