import { z } from 'zod';

import { type Attributes, type Plan, PlanError } from './plan';

const stackSchema = z.object({
  resource: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}),
});

/** The resources of a synthesized stack (`cdk.tf.json`), whose policies are readable before any ARN is known. */
export class SynthesizedResources {
  /** Where there is no synthesized stack at hand. */
  static readonly none = new SynthesizedResources({});

  private constructor(
    private readonly resources: Readonly<Record<string, Readonly<Record<string, Attributes>>>>,
  ) {}

  /** @throws PlanError for a text that is no synthesized stack. */
  static parse(text: string): SynthesizedResources {
    try {
      return new SynthesizedResources(stackSchema.parse(JSON.parse(text)).resource);
    } catch (cause) {
      throw new PlanError(
        'The stack is no cdk.tf.json, as `npm run synth` writes it under cdktf.out/stacks/.',
        {
          cause,
        },
      );
    }
  }

  has(type: string, name: string): boolean {
    return this.resources[type]?.[name] !== undefined;
  }

  /**
   * A text attribute with each reference that the plan knows the value of replaced by it; the others stay as they are
   * (`${aws_s3_bucket.uploads.arn}`): the same reference is the same resource.
   */
  text(type: string, name: string, attribute: string, plan: Plan): string | undefined {
    const value = this.resources[type]?.[name]?.[attribute];
    if (typeof value !== 'string') {
      return undefined;
    }
    return value.replaceAll(
      /\$\{((?:data\.)?\w+\.[\w-]+)\.(\w+)\}/g,
      (reference, address: string, referred: string) => {
        const resource = plan.resources.find((change) => change.address === address);
        const attributes = resource?.unknown.has(referred) === true ? undefined : resource?.after;
        const known = attributes?.[referred] ?? plan.dataSources.get(address)?.[referred];
        return typeof known === 'string' ? known : reference;
      },
    );
  }
}
