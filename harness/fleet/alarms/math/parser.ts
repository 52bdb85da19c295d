/** A metric math expression, read. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'minus'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'call'; readonly name: string; readonly parameters: readonly Expression[] };

/** Operators between two values. */
export type Operator = keyof typeof precedence;

/** An expression that cannot be read, or asks for what there is not. */
export class MathError extends Error {
  override readonly name = 'MathError';
}

/** What binds tighter has a higher number. Source: Amazon CloudWatch User Guide, «Use metric math». */
const precedence = {
  OR: 1,
  '||': 1,
  AND: 2,
  '&&': 2,
  '==': 3,
  '!=': 3,
  '<=': 3,
  '>=': 3,
  '<': 3,
  '>': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '^': 7,
} as const;

/** A leading minus binds looser than a power: -2^2 is -4. */
const minusPrecedence = 6;

const token =
  /\s*(?:(?<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)|(?<name>[A-Za-z_]\w*)|(?<text>"[^"]*"|'[^']*')|(?<sign>==|!=|<=|>=|&&|\|\||[-+*/^<>()[\],]))/y;

interface Token {
  readonly kind: 'number' | 'name' | 'text' | 'sign';
  readonly text: string;
}

function tokensOf(expression: string): Token[] {
  const tokens: Token[] = [];
  const text = expression.trimEnd();
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const from = token.lastIndex;
    const { number, name, text: quoted, sign } = token.exec(text)?.groups ?? {};
    if (number !== undefined) {
      tokens.push({ kind: 'number', text: number });
    } else if (name !== undefined) {
      tokens.push({ kind: 'name', text: name });
    } else if (quoted !== undefined) {
      tokens.push({ kind: 'text', text: quoted });
    } else if (sign !== undefined) {
      tokens.push({ kind: 'sign', text: sign });
    } else {
      throw new MathError(`'${text.slice(from).trim()}' cannot be read in the expression '${expression}'`);
    }
  }
  return tokens;
}

function isOperator(text: string): text is Operator {
  return Object.hasOwn(precedence, text);
}

/** Reads by precedence climbing. */
class Parser {
  private at = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly source: string,
  ) {}

  whole(): Expression {
    const expression = this.expression(0);
    if (this.at < this.tokens.length) {
      throw this.unexpected();
    }
    return expression;
  }

  private expression(least: number): Expression {
    let left = this.operand();
    for (;;) {
      const operator = this.tokens[this.at]?.text ?? '';
      if (!isOperator(operator) || precedence[operator] < least) {
        return left;
      }
      this.at += 1;
      // Powers group from the right, all else from the left.
      const right = this.expression(operator === '^' ? precedence[operator] : precedence[operator] + 1);
      left = { kind: 'binary', operator, left, right };
    }
  }

  private operand(): Expression {
    const next = this.tokens[this.at];
    this.at += 1;
    if (next?.kind === 'number') {
      return { kind: 'number', value: Number(next.text) };
    }
    if (next?.kind === 'text') {
      return { kind: 'text', value: next.text.slice(1, -1) };
    }
    if (next?.kind === 'name' && !isOperator(next.text)) {
      return this.take('(')
        ? { kind: 'call', name: next.text, parameters: this.list(')') }
        : { kind: 'name', name: next.text };
    }
    if (next?.text === '-') {
      return { kind: 'minus', operand: this.expression(minusPrecedence) };
    }
    if (next?.text === '[') {
      return { kind: 'list', items: this.list(']') };
    }
    if (next?.text === '(') {
      const inner = this.expression(0);
      this.must(')');
      return inner;
    }
    this.at -= 1;
    throw this.unexpected();
  }

  private list(end: string): Expression[] {
    const items: Expression[] = [];
    if (this.take(end)) {
      return items;
    }
    do {
      items.push(this.expression(0));
    } while (this.take(','));
    this.must(end);
    return items;
  }

  private take(text: string): boolean {
    const taken = this.tokens[this.at]?.text === text;
    this.at += taken ? 1 : 0;
    return taken;
  }

  private must(text: string): void {
    if (!this.take(text)) {
      throw this.unexpected();
    }
  }

  private unexpected(): MathError {
    const found = this.tokens[this.at]?.text;
    return new MathError(
      `The expression '${this.source}' ${found === undefined ? 'ends too early' : `has an unexpected '${found}'`}`,
    );
  }
}

/** @throws MathError */
export function parseExpression(source: string): Expression {
  return new Parser(tokensOf(source), source).whole();
}
