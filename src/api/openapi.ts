// GET /api/v1/openapi.json: the OpenAPI 3.1 document, made from the routes' own schemas.

import swagger, { type SwaggerTransformObject } from '@fastify/swagger';
import {
  createJsonSchemaTransform,
  createJsonSchemaTransformObject,
} from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ApiInstance } from './instance.ts';
import { problemResponses } from './problem-responses.ts';

type SchemaConversion = NonNullable<
  Parameters<typeof createJsonSchemaTransform>[0]['zodToJsonConfig']
>;

const description = `Yeoul serves live streams to browsers by WebRTC.

Changes need the admin secret, as \`Authorization: Bearer <secret>\` or as the password of the user \`admin\` (Basic), or the cookie of a login (\`POST /api/v1/session\`). Publishing needs it too unless \`access.publish\` is open; reading and watching only where \`access.read\` says so. Every error is a problem (RFC 9457) with a stable \`code\` for programs and a \`detail\` for people. Every answer has an \`X-Request-Id\`, under which the server's log has its errors.

A path that does not exist answers \`not_found\`, a method that it does not take \`method_not_allowed\` with \`Allow\`. A request that is not HTTP, or comes too slowly, is refused with \`invalid_input\`, \`headers_too_large\` or \`request_timeout\`, and the connection is closed. Codes and fields may be added; ignore those you do not know.`;

/** Call it before the routes are added: it watches them being added. */
export function watchRoutes(app: ApiInstance, version: string): void {
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Yeoul', version, description, license: { name: 'Apache-2.0' } },
      tags: [
        { name: 'watching', description: 'Getting a stream onto a screen, by WHEP.' },
        { name: 'publishing', description: 'Sending a stream to the server, by WHIP.' },
        { name: 'streams', description: 'What comes in, and who watches it.' },
        { name: 'listening', description: "Getting the console's sound, by RTP." },
        { name: 'console', description: 'What is captured and sent, and who listens.' },
        { name: 'server', description: 'The server itself.' },
      ],
      components: {
        securitySchemes: {
          adminSecret: {
            type: 'http',
            scheme: 'bearer',
            description: 'It is shown once, on the console of the first start.',
          },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: 'yeoul_session',
            description: 'For pages: what a login sets.',
          },
        },
      },
    },
    transform: createJsonSchemaTransform({ zodToJsonConfig: readable }),
    transformObject: withoutInputTwins,
  });
}

export function addOpenapiRoutes(app: ApiInstance): void {
  app.route({
    method: 'GET',
    url: '/api/v1/openapi.json',
    config: { purpose: 'anything' },
    schema: {
      operationId: 'getOpenapi',
      tags: ['server'],
      summary: 'This description, for programs',
      description: 'An OpenAPI 3.1 document. `/docs` shows it as a page.',
      response: {
        200: {
          description: 'The document.',
          content: { 'application/json': { schema: z.looseObject({ openapi: z.string() }) } },
        },
        ...problemResponses(),
      },
    },
    handler: () => app.swagger() as { openapi: string },
  });
}

/**
 * Takes out what zod's schemas say beyond the protocol: that answers never get further fields, the
 * range of JavaScript's integers, and a page-long pattern of a date.
 */
const readable: SchemaConversion = {
  override: ({ zodSchema, jsonSchema }) => {
    if (zodSchema._zod.def.type === 'undefined') jsonSchema.type = 'null';
    if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
  },
};

const addComponents = createJsonSchemaTransformObject({ zodToJsonConfig: readable });

/** The converter makes every schema twice, as input too; of those here both are the same. */
const withoutInputTwins: SwaggerTransformObject = (document) => {
  const complete = addComponents(document);
  const schemas = 'components' in complete ? complete.components?.schemas : undefined;
  if (!schemas) return complete;
  let text = JSON.stringify(complete);
  for (const name of Object.keys(schemas)) {
    text = text.replaceAll(`"#/components/schemas/${name}Input"`, `"#/components/schemas/${name}"`);
  }
  const single: typeof complete = JSON.parse(text);
  if ('components' in single && single.components?.schemas) {
    for (const name of Object.keys(schemas)) delete single.components.schemas[`${name}Input`];
  }
  return single;
};
