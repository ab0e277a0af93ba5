// Reads the parts of an OpenAPI document that tests hold against the server.

interface Response {
  readonly description: string;
  readonly content?: Readonly<Record<string, { readonly schema?: unknown }>>;
}

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly responses: Readonly<Record<string, Response>>;
}

export interface OpenapiDocument {
  readonly openapi: string;
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

/** Any path and method may answer these, also where no operation stands. */
const anywhere = ['not_found', 'method_not_allowed'];

/** The problem codes that the operation documents. */
export function codesOf(document: OpenapiDocument, method: string, path: string): string[] {
  const operation = document.paths[path]?.[method.toLowerCase()];
  const texts = Object.values(operation?.responses ?? {}).map((response) => response.description);
  const codes = texts.flatMap((text) =>
    [...text.matchAll(/^`(\w+)`: /gm)].map((match) => match[1]!),
  );
  return operation ? codes : anywhere;
}
