import type { Problem } from '../validation';

/** Processors that instances have, in the words of EC2. */
export type Architecture = 'x86_64' | 'arm64';

/**
 * The public parameter that names the newest Amazon Linux 2023 AMI; EC2 resolves it at each launch.
 * Source: https://docs.aws.amazon.com/linux/al2023/ug/ec2.html
 */
export function newestAmazonLinux(architecture: Architecture): string {
  return `resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${architecture}`;
}

/**
 * Processor of an instance type: a `g` after the generation means Graviton, as in `c7gn.large`; `a1` is older than that.
 * Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
 */
export function architectureOf(instanceType: string): Architecture {
  return /^(a1|[a-z]+\d+[a-z]*g[a-z]*)[.-]/.test(instanceType) ? 'arm64' : 'x86_64';
}

/** Every instance type must run what the artifacts were built for. */
export function architectureProblems(
  architecture: Architecture,
  instanceTypes: readonly string[],
): Problem[] {
  const foreign = instanceTypes.filter((type) => architectureOf(type) !== architecture);
  return foreign.length === 0
    ? []
    : [
        {
          field: 'instanceType',
          given: foreign.join(', '),
          allowed: `the artifacts are for ${architecture}; choose instance types of that processor, or give artifacts for the other one and say so with architecture.`,
        },
      ];
}
