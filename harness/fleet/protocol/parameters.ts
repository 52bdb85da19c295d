import { malformedInput } from './errors';

/** The parameters of a request as a tree: `Tags.member.1.Key=x` is `{ Tags: { member: { 1: { Key: 'x' } } } }`. */
export type ParameterTree = Map<string, ParameterTree | string>;

/** Parameters of the protocol itself, in no operation's model. */
const protocolParameters = new Set(['Action', 'Version']);

/**
 * Reads the parameters of a request of the AWS query protocol.
 *
 * @throws ServiceError when a parameter is given twice, or both as a value and as a list or structure.
 */
export function parameterTree(parameters: URLSearchParams): ParameterTree {
  const tree: ParameterTree = new Map();
  for (const [path, value] of parameters) {
    if (!protocolParameters.has(path)) {
      plant(tree, path, value);
    }
  }
  return tree;
}

function plant(tree: ParameterTree, path: string, value: string): void {
  const names = path.split('.');
  const last = names.pop() ?? '';
  let node = tree;
  for (const name of names) {
    let next = node.get(name);
    if (next === undefined) {
      next = new Map();
      node.set(name, next);
    }
    if (typeof next === 'string') {
      throw malformedInput(`Start of structure or map found where not expected: ${path}`);
    }
    node = next;
  }
  if (node.has(last)) {
    throw malformedInput(`The parameter ${path} is given twice, or as a value and as a structure.`);
  }
  node.set(last, value);
}
