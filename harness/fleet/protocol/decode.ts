import { NormalizedSchema } from '@smithy/core/schema';

import { ServiceError, validationError } from './errors';

/** The parameters of a request as a tree: `Tags.member.1.Key=x` is `{ Tags: { member: { 1: { Key: 'x' } } } }`. */
interface Tree {
  [name: string]: Tree | string;
}

/** Parameters of the protocol itself, in no operation's model. */
const protocolParameters = new Set(['Action', 'Version']);

function grow(parameters: URLSearchParams): Tree {
  const tree: Tree = {};
  for (const [path, value] of parameters) {
    if (protocolParameters.has(path)) {
      continue;
    }
    const names = path.split('.');
    const last = names.pop() ?? '';
    let node = tree;
    for (const name of names) {
      const next = (node[name] ??= {});
      if (typeof next === 'string') {
        throw new ServiceError('MalformedQueryString', `Parameter ${path} contradicts another parameter.`);
      }
      node = next;
    }
    node[last] = value;
  }
  return tree;
}

function decodeScalar(schema: NormalizedSchema, text: string, path: string): unknown {
  if (schema.isBooleanSchema()) {
    if (text !== 'true' && text !== 'false') {
      throw new ServiceError('MalformedInput', `${path}: ${text} is not true or false.`);
    }
    return text === 'true';
  }
  if (schema.isNumericSchema()) {
    const number = Number(text);
    if (text.trim() === '' || Number.isNaN(number)) {
      throw new ServiceError('MalformedInput', `${path}: ${text} is not a number.`);
    }
    return number;
  }
  if (schema.isTimestampSchema()) {
    const time = new Date(/^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : text);
    if (Number.isNaN(time.getTime())) {
      throw new ServiceError('MalformedInput', `${path}: ${text} is not a time.`);
    }
    return time;
  }
  return text;
}

function decode(schema: NormalizedSchema, node: Tree | string, path: string): unknown {
  if (schema.isListSchema()) {
    return decodeList(schema, node, path);
  }
  if (schema.isStructSchema()) {
    return decodeStruct(schema, node, path);
  }
  if (typeof node !== 'string') {
    throw new ServiceError('MalformedInput', `${path} is one value, not a list or a structure.`);
  }
  return decodeScalar(schema, node, path);
}

function decodeList(schema: NormalizedSchema, node: Tree | string, path: string): unknown[] {
  // An empty list is sent as an empty value.
  const members = typeof node === 'string' ? {} : node.member;
  if (members === undefined || typeof members === 'string' || (typeof node === 'string' && node !== '')) {
    throw new ServiceError('MalformedInput', `${path} is a list: ${path}.member.1, ${path}.member.2, …`);
  }
  return Object.entries(members)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([index, member]) => decode(schema.getValueSchema(), member, `${path}.member.${index}`));
}

function decodeStruct(schema: NormalizedSchema, node: Tree | string, path: string): Record<string, unknown> {
  if (typeof node === 'string') {
    throw new ServiceError('MalformedInput', `${path} is a structure: ${path}.Name=…`);
  }
  const members = new Map(schema.structIterator());
  const decoded: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(node)) {
    const memberPath = path === '' ? name : `${path}.${name}`;
    const member = members.get(name);
    if (member === undefined) {
      throw validationError(`Unknown parameter: ${memberPath}.`);
    }
    decoded[name] = decode(member, value, memberPath);
  }
  const missing = requiredMembers(schema).find((name) => decoded[name] === undefined);
  if (missing !== undefined) {
    throw validationError(`Missing required parameter: ${path === '' ? missing : `${path}.${missing}`}.`);
  }
  return decoded;
}

/** Static structure schemas name their required members first and say how many they are. Source: @smithy/types, StaticStructureSchema. */
function requiredMembers(schema: NormalizedSchema): string[] {
  const raw: unknown = schema.getSchema();
  const count: unknown = Array.isArray(raw) ? raw[6] : undefined;
  return typeof count === 'number' ? [...schema.structIterator()].slice(0, count).map(([name]) => name) : [];
}

/**
 * Reads the input of an operation from a request of the AWS query protocol.
 * Source: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 *
 * @throws ServiceError for what is unknown, malformed or missing.
 */
export function decodeInput(schema: NormalizedSchema, parameters: URLSearchParams): unknown {
  const tree = grow(parameters);
  return schema.isUnitSchema() ? {} : decodeStruct(schema, tree, '');
}
