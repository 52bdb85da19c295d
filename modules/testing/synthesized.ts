import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { App, DefaultTokenResolver, StringConcat, TerraformStack, Testing, Tokenization } from 'cdktf';
import type { Construct } from 'constructs';

/** One resource as Terraform reads it: attributes in snake_case. */
export type Attributes = Readonly<Record<string, unknown>>;

/** A statement of a synthesized policy. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: unknown;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: unknown;
}

type Blocks = Readonly<Record<string, Readonly<Record<string, Attributes>>>>;

interface TerraformJson {
  readonly resource?: Blocks;
  readonly data?: Blocks;
  readonly locals?: Attributes;
}

/** What a construct became: the Terraform JSON of a stack that holds nothing else. */
export class Synthesized<T> {
  private constructor(
    /** What the test built. */
    readonly built: T,
    private readonly stack: TerraformStack,
    private readonly json: TerraformJson,
  ) {}

  /** Builds constructs into a stack of their own and synthesizes it. */
  static from<T>(build: (scope: Construct) => T): Synthesized<T> {
    const outdir = mkdtempSync(join(tmpdir(), 'synthesized-'));
    try {
      const stack = new TerraformStack(new App({ outdir }), 'stack');
      const built = build(stack);
      return new Synthesized(built, stack, JSON.parse(Testing.synth(stack)) as TerraformJson);
    } finally {
      rmSync(outdir, { recursive: true });
    }
  }

  /** Every resource of a type, as `aws_sqs_queue`. */
  all(type: string): Attributes[] {
    return Object.values(this.json.resource?.[type] ?? {});
  }

  /**
   * The resource of a type that has the given attributes.
   *
   * @throws Error unless there is exactly one.
   */
  one(type: string, attributes: Attributes = {}): Attributes {
    const found = this.all(type).filter((resource) =>
      Object.entries(attributes).every(([name, value]) => resource[name] === value),
    );
    const [only, ...more] = found;
    if (only === undefined || more.length > 0) {
      const names = this.all(type).map((resource) => JSON.stringify(resource.name ?? resource));
      throw new Error(
        `${found.length} ${type} have ${JSON.stringify(attributes)}; there are: ${names.join()}`,
      );
    }
    return only;
  }

  /** Types of all resources, in alphabetical order. */
  get types(): string[] {
    return Object.keys(this.json.resource ?? {}).sort();
  }

  /** What an attribute of a construct becomes: `${aws_sqs_queue.tasks.arn}`. */
  reference(token: unknown): unknown {
    return Tokenization.resolve(token, {
      scope: this.stack,
      resolver: new DefaultTokenResolver(new StringConcat()),
      preparing: false,
    }) as unknown;
  }

  /** Every local value, in the order of their names. */
  get locals(): unknown[] {
    return Object.values(this.json.locals ?? {});
  }
}

/** The statements of a policy document, by their Sid. */
export function statements(policy: unknown): Readonly<Record<string, Statement>> {
  const { Statement: all } = JSON.parse(String(policy)) as { Statement: Statement[] };
  return Object.fromEntries(all.map((statement) => [statement.Sid, statement]));
}
