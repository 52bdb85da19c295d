import { fill, functions } from './functions';
import { type Expression, MathError, type Operator } from './parser';
import { type Series, type Value, combine, describe, each, isSeveral, single } from './value';

/** What an expression can speak of. */
export interface Scope {
  /** Metrics and expressions by id, in the order of the request. */
  readonly values: ReadonlyMap<string, Value>;
  /** The ids of those that are metrics: what METRICS() means. */
  readonly metricIds: readonly string[];
  readonly periodSeconds: number;
  /** How many points a time series has. */
  readonly points: number;
}

const truth = (holds: boolean): number => (holds ? 1 : 0);

const operators: Readonly<Record<Operator, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
  '==': (a, b) => truth(a === b),
  '!=': (a, b) => truth(a !== b),
  '<': (a, b) => truth(a < b),
  '>': (a, b) => truth(a > b),
  '<=': (a, b) => truth(a <= b),
  '>=': (a, b) => truth(a >= b),
  AND: (a, b) => truth(a !== 0 && b !== 0),
  '&&': (a, b) => truth(a !== 0 && b !== 0),
  OR: (a, b) => truth(a !== 0 || b !== 0),
  '||': (a, b) => truth(a !== 0 || b !== 0),
};

/**
 * The value of an expression.
 *
 * @throws MathError when it speaks of what is not in scope, or of values that do not go together.
 */
export function evaluate(expression: Expression, scope: Scope): Value {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'name': {
      const value = scope.values.get(expression.name);
      if (value === undefined) {
        throw new MathError(
          `There is no metric or expression '${expression.name}'; there are: ${[...scope.values.keys()].join(', ')}`,
        );
      }
      return value;
    }
    case 'text':
      throw new MathError(`The text '${expression.value}' stands where a value is needed`);
    case 'list':
      return expression.items.map((item) => asSeries(evaluate(item, scope), scope));
    case 'minus':
      return each(evaluate(expression.operand, scope), (value) => -value);
    case 'binary':
      return combine(
        evaluate(expression.left, scope),
        evaluate(expression.right, scope),
        operators[expression.operator],
      );
    case 'call':
      return call(expression.name, expression.parameters, scope);
  }
}

function asSeries(value: Value, { points }: Scope): Series {
  const one = single(value, 'A list');
  return typeof one === 'number' ? Array.from({ length: points }, () => one) : one;
}

function call(name: string, parameters: readonly Expression[], scope: Scope): Value {
  const [first, second] = parameters;
  if (name === 'METRICS') {
    const part = first?.kind === 'text' ? first.value : '';
    return scope.metricIds
      .filter((id) => id.includes(part))
      .map((id) => asSeries(scope.values.get(id) ?? [], scope));
  }
  if (name === 'TIME_SERIES' && first !== undefined) {
    return asSeries(evaluate(first, scope), scope);
  }
  if (name === 'FILL' && first !== undefined && second !== undefined) {
    return filled(evaluate(first, scope), second, scope);
  }
  const known = functions(scope.periodSeconds);
  const apply = Object.hasOwn(known, name) ? known[name] : undefined;
  if (apply === undefined) {
    const all = [...Object.keys(known), 'FILL', 'METRICS', 'TIME_SERIES'].sort();
    throw new MathError(
      `The function ${name} is not done by the local emulation; done are ${all.join(', ')}`,
    );
  }
  return apply(...parameters.map((parameter) => evaluate(parameter, scope)));
}

function filled(value: Value, how: Expression, scope: Scope): Value {
  const filler =
    how.kind === 'name' && (how.name === 'REPEAT' || how.name === 'LINEAR')
      ? how.name
      : single(evaluate(how, scope), 'FILL');
  if (typeof value === 'number') {
    throw new MathError(`FILL needs a time series, not ${describe(value)}`);
  }
  return isSeveral(value) ? value.map((series) => fill(series, filler)) : fill(value, filler);
}
