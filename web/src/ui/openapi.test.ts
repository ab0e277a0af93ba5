// Reading the API's document for the page.

import { expect, test } from 'vitest';
import {
  describeType,
  endpointId,
  groupEndpoints,
  type OpenApi,
  resolveSchema,
} from './openapi.ts';

const api: OpenApi = {
  info: { title: 'Yeoul', version: '1' },
  tags: [{ name: 'watching', description: 'By WHEP.' }, { name: 'empty' }],
  paths: {
    '/health': { get: {} },
    '/whep/{id}': { parameters: {}, post: { tags: ['watching'] }, options: { tags: ['watching'] } },
  },
  components: { schemas: { Track: { type: 'object', properties: { kind: { type: 'string' } } } } },
};

test('Operations stand under the tags of the document, the rest at the end, and no tag is empty', () => {
  const groups = groupEndpoints(api).map(({ name, description, endpoints }) => ({
    name,
    description,
    ids: endpoints.map(endpointId),
  }));
  expect(groups).toEqual([
    { name: 'watching', description: 'By WHEP.', ids: ['post-whep-id', 'options-whep-id'] },
    { name: '', description: undefined, ids: ['get-health'] },
  ]);
});

test('References are followed, and those that lead nowhere stay as they are', () => {
  expect(resolveSchema({ $ref: '#/components/schemas/Track' }, api).type).toBe('object');
  const lost = { $ref: '#/components/schemas/Nothing' };
  expect(resolveSchema(lost, api)).toBe(lost);
});

test.each([
  [{ type: 'string', format: 'date-time' }, 'string (date-time)'],
  [{ type: ['integer', 'null'] }, 'integer or null'],
  [{ type: 'array', items: { $ref: '#/components/schemas/Track' } }, 'array of object'],
  [{ enum: ['udp', 'tcp'] }, '"udp" or "tcp"'],
  [{ anyOf: [{ type: 'number' }, { type: 'null' }] }, 'number or null'],
  [{}, 'any'],
])('%j reads %s', (schema, text) => {
  expect(describeType(schema, api)).toBe(text);
});
