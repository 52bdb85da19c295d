import type { NormalizedSchema } from '@smithy/core/schema';

import { malformedInput, validationError } from './errors';
import { type ParameterTree, parameterTree } from './parameters';
import { inside, missingError, requiredMembers } from './required';

/** Reads one input and gathers what is missing in it, so that the answer names all of it at once. */
class Decoder {
  readonly missing: string[] = [];

  /** @param path where the value stands, as AWS writes it in messages: `tags.1.member.key`. */
  decode(schema: NormalizedSchema, node: ParameterTree | string, path: string): unknown {
    if (schema.isListSchema()) {
      return this.list(schema, node, path);
    }
    if (schema.isMapSchema()) {
      return this.map(schema, node, path);
    }
    if (schema.isStructSchema()) {
      return this.structure(schema, node, path);
    }
    if (typeof node !== 'string') {
      throw malformedInput(`Start of structure or map found where not expected: ${path} is one value.`);
    }
    return scalar(schema, node, path);
  }

  structure(schema: NormalizedSchema, node: ParameterTree | string, path: string): Record<string, unknown> {
    const tree = branches(node, path);
    const decoded: Record<string, unknown> = {};
    const wireNames = new Set<string>();
    const required = requiredMembers(schema);
    for (const [name, member] of schema.structIterator()) {
      const wireName = member.getMergedTraits().xmlName ?? name;
      wireNames.add(wireName);
      const value = tree.get(wireName);
      const memberPath = inside(path, name);
      if (value !== undefined) {
        decoded[name] = this.decode(member, value, memberPath);
      } else if (required.has(name)) {
        this.missing.push(memberPath);
      }
    }
    const unknown = [...tree.keys()].find((name) => !wireNames.has(name));
    if (unknown !== undefined) {
      throw validationError(
        `Unknown parameter: ${inside(path, unknown)}. Known are: ${[...wireNames].join(', ')}.`,
      );
    }
    return decoded;
  }

  private list(schema: NormalizedSchema, node: ParameterTree | string, path: string): unknown[] {
    const member = schema.getValueSchema();
    return numbered(schema, node, member.getMergedTraits().xmlName ?? 'member', path).map(([index, value]) =>
      this.decode(member, value, `${path}.${index}.member`),
    );
  }

  private map(schema: NormalizedSchema, node: ParameterTree | string, path: string): Record<string, unknown> {
    const [keySchema, valueSchema] = [schema.getKeySchema(), schema.getValueSchema()];
    const keyName = keySchema.getMergedTraits().xmlName ?? 'key';
    const valueName = valueSchema.getMergedTraits().xmlName ?? 'value';
    return Object.fromEntries(
      numbered(schema, node, 'entry', path).map(([index, entry]) => {
        const pair = branches(entry, path);
        const [key, value] = [pair.get(keyName), pair.get(valueName)];
        if (typeof key !== 'string' || value === undefined || pair.size !== 2) {
          throw malformedInput(`${path}.${index} must have ${keyName} and ${valueName}, and nothing else.`);
        }
        return [key, this.decode(valueSchema, value, `${path}.${key}`)];
      }),
    );
  }
}

/** The parts of a structure; an empty one is sent as an empty value. */
function branches(node: ParameterTree | string, path: string): ParameterTree {
  if (node === '') {
    return new Map();
  }
  if (typeof node === 'string') {
    throw malformedInput(`Expected a structure, got a value: ${path} is ${node}.`);
  }
  return node;
}

/** The numbered parts of a list or map in their order: `X.member.1`, or `X.1` when the model flattens it. */
function numbered(
  schema: NormalizedSchema,
  node: ParameterTree | string,
  wrapper: string,
  path: string,
): (readonly [index: string, value: ParameterTree | string])[] {
  const tree = branches(node, path);
  const flattened = schema.getMergedTraits().xmlFlattened === 1;
  const parts = flattened ? tree : (tree.get(wrapper) ?? '');
  const stranger = flattened ? undefined : [...tree.keys()].find((name) => name !== wrapper);
  const numbers = branches(parts, path);
  const noNumber = stranger ?? [...numbers.keys()].find((index) => !/^[1-9]\d*$/.test(index));
  if (noNumber !== undefined) {
    const example = flattened ? `${path}.1` : `${path}.${wrapper}.1`;
    throw malformedInput(
      `Key is not an integer: ${noNumber}. The members of ${path} are ${example} and so on.`,
    );
  }
  return [...numbers].sort(([a], [b]) => Number(a) - Number(b));
}

function scalar(schema: NormalizedSchema, text: string, path: string): unknown {
  if (schema.isBooleanSchema()) {
    if (text !== 'true' && text !== 'false') {
      throw malformedInput(`${path}: '${text}' is not true or false.`);
    }
    return text === 'true';
  }
  if (schema.isNumericSchema()) {
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) {
      throw malformedInput(`${path}: '${text}' is not a number.`);
    }
    return Number(text);
  }
  if (schema.isTimestampSchema()) {
    const time = new Date(/^\d{4}-\d\d-\d\d(T|$)/.test(text) ? text : Number.NaN);
    if (Number.isNaN(time.getTime())) {
      throw malformedInput(`${path}: '${text}' is not a time such as 2026-11-24T10:00:00Z.`);
    }
    return time;
  }
  return schema.isBlobSchema() ? new Uint8Array(Buffer.from(text, 'base64')) : text;
}

/**
 * Reads the input of an operation from a request of the AWS query protocol.
 * Source: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 *
 * @throws ServiceError for what is unknown, malformed or missing.
 */
export function decodeInput(schema: NormalizedSchema, parameters: URLSearchParams): unknown {
  const tree = parameterTree(parameters);
  if (schema.isUnitSchema()) {
    return {};
  }
  const decoder = new Decoder();
  const input = decoder.structure(schema, tree, '');
  const { missing } = decoder;
  if (missing.length > 0) {
    throw missingError(missing);
  }
  return input;
}
