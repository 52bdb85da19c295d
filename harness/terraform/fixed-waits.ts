import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

const synthesized = z.object({
  resource: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))),
  locals: z.record(z.string(), z.unknown()).default({}),
});

/**
 * How long the provider waits when it creates a resource, whatever the API answers, in seconds.
 * Source: hashicorp/aws 5.100.0 (`waitQueueAttributesPropagated`, `waitLoadBalancerActive` and the like), measured.
 */
function fixedWait(type: string, settings: Readonly<Record<string, unknown>>): number {
  switch (type) {
    case 'aws_lb':
      return 60;
    case 'aws_s3_bucket_lifecycle_configuration':
      return 55;
    case 'aws_sqs_queue':
    case 'aws_sqs_queue_policy':
    case 'aws_sqs_queue_redrive_policy':
      return 25;
    case 'aws_vpc':
      return settings.enable_dns_hostnames === true ? 10 : 0;
    case 'aws_subnet':
      return settings.map_public_ip_on_launch === true ? 10 : 0;
    case 'aws_launch_template':
    case 'aws_iam_instance_profile':
    case 'aws_vpc_endpoint':
      return 5;
    case 'aws_kms_key':
      return [settings.enable_key_rotation, settings.policy, settings.tags].filter(Boolean).length * 4;
    default:
      return 0;
  }
}

/** The chain of resources that wait for each other and whose fixed waits are the longest. */
export interface WaitChain {
  readonly seconds: number;
  /** Addresses of those that wait, the first created first. */
  readonly addresses: readonly string[];
}

/** Which fixed waits of a synthesized stack Terraform does side by side, and which in a row. */
export class FixedWaits {
  private readonly waits = new Map<string, number>();
  /** What Terraform creates before each resource. */
  private readonly before = new Map<string, readonly string[]>();

  /** @param stack the Terraform JSON of the stack. */
  constructor(stack: unknown) {
    const { resource, locals } = synthesized.parse(stack);
    const settings = new Map<string, { type: string; values: Readonly<Record<string, unknown>> }>(
      Object.entries(resource).flatMap(([type, named]) =>
        Object.entries(named).map(([name, values]) => [`${type}.${name}`, { type, values }] as const),
      ),
    );
    const mentioned = (values: unknown): string[] => {
      const text = JSON.stringify(values);
      const throughLocals = [...text.matchAll(/\blocal\.([\w-]+)/g)].map(([, name = '']) => locals[name]);
      return [
        ...[...text.matchAll(/\b(aws_\w+\.[\w-]+)/g)].map(([, address = '']) => address),
        ...throughLocals.flatMap((local) => (local === undefined ? [] : mentioned(local))),
      ].filter((address) => settings.has(address));
    };
    for (const [address, { type, values }] of settings) {
      this.waits.set(address, fixedWait(type, values));
      this.before.set(
        address,
        mentioned(values).filter((other) => other !== address),
      );
    }
  }

  /** Reads the stack in a folder that CDKTF wrote. */
  static async of(stackFolder: string): Promise<FixedWaits> {
    return new FixedWaits(JSON.parse(await readFile(join(stackFolder, 'cdk.tf.json'), 'utf8')));
  }

  /** The longest chain: no apply can be quicker. */
  longest(): WaitChain {
    const known = new Map<string, WaitChain>();
    const chainTo = (address: string): WaitChain => {
      const found = known.get(address);
      if (found !== undefined) {
        return found;
      }
      const before = (this.before.get(address) ?? []).map(chainTo).reduce(longer, none);
      const own = this.wait(address);
      const chain =
        own === 0 ? before : { seconds: before.seconds + own, addresses: [...before.addresses, address] };
      known.set(address, chain);
      return chain;
    };
    return [...this.waits.keys()].map(chainTo).reduce(longer, none);
  }

  /** Each two that wait one after the other, with none that waits between them. */
  inRow(): (readonly [first: string, then: string])[] {
    const waiting = (address: string): string[] =>
      (this.before.get(address) ?? []).flatMap((other) => (this.wait(other) > 0 ? [other] : waiting(other)));
    return [...this.waits.keys()].flatMap((address) =>
      this.wait(address) > 0 ? [...new Set(waiting(address))].map((other) => [other, address] as const) : [],
    );
  }

  private wait(address: string): number {
    return this.waits.get(address) ?? 0;
  }
}

const none: WaitChain = { seconds: 0, addresses: [] };

function longer(one: WaitChain, other: WaitChain): WaitChain {
  return other.seconds > one.seconds ? other : one;
}
