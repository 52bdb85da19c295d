import type { NormalizedSchema } from '@smithy/core/schema';

import { type ServiceError, validationError } from './errors';

/** Static structure schemas name their required members first and say how many they are. Source: @smithy/types, StaticStructureSchema. */
export function requiredMembers(schema: NormalizedSchema): ReadonlySet<string> {
  const raw: unknown = schema.getSchema();
  const count: unknown = Array.isArray(raw) ? raw[6] : undefined;
  return new Set(
    typeof count === 'number' ? [...schema.structIterator()].slice(0, count).map(([name]) => name) : [],
  );
}

/** A member's path as AWS writes it: its names begin in lower case. */
export function inside(path: string, name: string): string {
  const lower = name.charAt(0).toLowerCase() + name.slice(1);
  return path === '' ? lower : `${path}.${lower}`;
}

/** The paths of required members that a value lacks. */
export function missingMembers(schema: NormalizedSchema, value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array) {
    return [];
  }
  if (schema.isListSchema() && Array.isArray(value)) {
    const member = schema.getValueSchema();
    return value.flatMap((item, index) => missingMembers(member, item, `${path}.${index + 1}.member`));
  }
  if (schema.isMapSchema()) {
    const member = schema.getValueSchema();
    return Object.entries(value).flatMap(([key, item]) => missingMembers(member, item, `${path}.${key}`));
  }
  const required = requiredMembers(schema);
  return [...schema.structIterator()].flatMap(([name, member]) => {
    const given: unknown = Reflect.get(value, name);
    const memberPath = inside(path, name);
    return given === undefined || given === null
      ? required.has(name)
        ? [memberPath]
        : []
      : missingMembers(member, given, memberPath);
  });
}

/** The one error that names all that is missing. */
export function missingError(missing: readonly string[]): ServiceError {
  const each = missing.map(
    (path) => `Value null at '${path}' failed to satisfy constraint: Member must not be null`,
  );
  return validationError(
    `${missing.length} validation error${missing.length === 1 ? '' : 's'} detected: ${each.join('; ')}`,
  );
}
