// The parts of an OpenAPI 3.1 document that the API page shows.

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly format?: string;
}

export interface Content {
  readonly schema?: Schema;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
}

export interface Response {
  readonly description?: string;
  readonly content?: Readonly<Record<string, Content>>;
  readonly headers?: Readonly<Record<string, { readonly description?: string }>>;
}

export interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly content?: Readonly<Record<string, Content>>;
  };
  readonly responses?: Readonly<Record<string, Response>>;
}

export interface OpenApi {
  readonly tags?: readonly {
    readonly name: string;
    readonly description?: string;
  }[];
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly description?: string;
  };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

/** An operation with its address. */
export interface Endpoint {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

const METHODS: readonly string[] = ['get', 'post', 'put', 'patch', 'delete', 'options', 'head'];

function listEndpoints(document: OpenApi): Endpoint[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => METHODS.includes(method))
      .map(([method, operation]) => ({ method, path, operation })),
  );
}

interface EndpointGroup {
  readonly name: string;
  readonly description: string | undefined;
  readonly endpoints: readonly Endpoint[];
}

/** By first tag: the document's tags in their order, then what belongs to none of them. */
export function groupEndpoints(document: OpenApi): EndpointGroup[] {
  const endpoints = listEndpoints(document);
  const tags = document.tags ?? [];
  const tagOf = ({ operation }: Endpoint) => operation.tags?.[0] ?? '';
  const groups = tags.map(({ name, description }) => ({
    name,
    description,
    endpoints: endpoints.filter((endpoint) => tagOf(endpoint) === name),
  }));
  const rest = endpoints.filter((endpoint) => !tags.some(({ name }) => name === tagOf(endpoint)));
  return [...groups, { name: '', description: undefined, endpoints: rest }].filter(
    (group) => group.endpoints.length > 0,
  );
}

/** `get-api-v1-streams-id`: for anchors. */
export function endpointId({ method, path }: Endpoint): string {
  return `${method}${path}`.replace(/[^a-z0-9]+/gi, '-').replace(/-$/, '');
}

/** The schema a reference within the document points to, or the schema itself. */
export function resolveSchema(schema: Schema, document: OpenApi): Schema {
  const name = /^#\/components\/schemas\/(.+)$/.exec(schema.$ref ?? '')?.[1];
  return (name === undefined ? undefined : document.components?.schemas?.[name]) ?? schema;
}

/** `array of string`, `integer or null`, `"udp" or "tcp"`. */
export function describeType(schema: Schema, document: OpenApi): string {
  const { type, items, format, ...rest } = resolveSchema(schema, document);
  if (rest.enum) return rest.enum.map((value) => JSON.stringify(value)).join(' or ');
  const choices = rest.anyOf ?? rest.oneOf;
  if (choices) return choices.map((choice) => describeType(choice, document)).join(' or ');
  if (type === 'array' && items) return `array of ${describeType(items, document)}`;
  const name = typeof type === 'string' ? type : (type?.join(' or ') ?? 'any');
  return format === undefined ? name : `${name} (${format})`;
}
