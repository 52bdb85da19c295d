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
      return 25;
    case 'aws_vpc':
      return settings.enable_dns_hostnames === true ? 10 : 0;
    case 'aws_subnet':
      return settings.map_public_ip_on_launch === true ? 10 : 0;
    case 'aws_launch_template':
    case 'aws_iam_instance_profile':
      return 5;
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

/** Finds the longest chain of fixed waits in a synthesized stack: no apply can be quicker. */
export async function longestWaits(stackFolder: string): Promise<WaitChain> {
  const { resource, locals } = synthesized.parse(
    JSON.parse(await readFile(join(stackFolder, 'cdk.tf.json'), 'utf8')),
  );
  const settings = new Map<string, { type: string; values: Readonly<Record<string, unknown>> }>(
    Object.entries(resource).flatMap(([type, named]) =>
      Object.entries(named).map(([name, values]) => [`${type}.${name}`, { type, values }] as const),
    ),
  );
  const known = new Map<string, WaitChain>();

  const mentioned = (values: unknown): string[] => {
    const text = JSON.stringify(values);
    const throughLocals = [...text.matchAll(/\blocal\.([\w-]+)/g)].map(([, name = '']) => locals[name]);
    return [
      ...[...text.matchAll(/\b(aws_\w+\.[\w-]+)/g)].map(([, address = '']) => address),
      ...throughLocals.flatMap((local) => (local === undefined ? [] : mentioned(local))),
    ].filter((address) => settings.has(address));
  };
  const chainTo = (address: string): WaitChain => {
    const found = known.get(address);
    if (found !== undefined) {
      return found;
    }
    const { type, values } = settings.get(address) ?? { type: '', values: {} };
    const before = mentioned(values)
      .filter((other) => other !== address)
      .map(chainTo)
      .reduce(longer, { seconds: 0, addresses: [] });
    const own = fixedWait(type, values);
    const chain =
      own === 0 ? before : { seconds: before.seconds + own, addresses: [...before.addresses, address] };
    known.set(address, chain);
    return chain;
  };
  return [...settings.keys()].map(chainTo).reduce(longer, { seconds: 0, addresses: [] });
}

function longer(one: WaitChain, other: WaitChain): WaitChain {
  return other.seconds > one.seconds ? other : one;
}
