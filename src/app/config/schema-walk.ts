// Looking into the schema: which keys a place knows, and which single settings there are.

import { z } from 'zod';
import { configSchema } from './schema.ts';

export type Path = readonly PropertyKey[];

export interface Setting {
  readonly path: readonly string[];
  readonly schema: z.core.$ZodType;
}

/** The schema without its default and its permission to be absent or null. */
export function bare(schema: z.core.$ZodType): z.core.$ZodType {
  if (
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable
  ) {
    return bare(schema.unwrap());
  }
  return schema;
}

/** The schema of one key or entry of a mapping or list; undefined for a key nobody knows. */
export function childSchema(
  schema: z.core.$ZodType,
  key: PropertyKey,
): z.core.$ZodType | undefined {
  const parent = bare(schema);
  if (parent instanceof z.ZodObject) return parent.shape[String(key)];
  if (parent instanceof z.ZodRecord) return parent.valueType;
  if (parent instanceof z.ZodArray) return parent.element;
  return undefined;
}

/** The keys that may stand in the mapping at `path`. */
export function knownKeys(path: Path): string[] {
  let schema: z.core.$ZodType | undefined = configSchema;
  for (const key of path) schema = schema && childSchema(schema, key);
  const found = schema && bare(schema);
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

/** Every key that is not a section, in the schema's order. */
export function settings(
  schema: z.core.$ZodType = configSchema,
  path: readonly string[] = [],
): Setting[] {
  const section = bare(schema);
  if (!(section instanceof z.ZodObject)) return [{ path, schema }];
  return Object.entries(section.shape).flatMap(([key, child]) => settings(child, [...path, key]));
}
