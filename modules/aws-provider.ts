import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import type { Construct } from 'constructs';

/** Services whose APIs an emulator answers in AWS's place. */
const emulated = [
  'autoscaling',
  'cloudwatch',
  'ec2',
  'elbv2',
  'iam',
  'kms',
  'logs',
  's3',
  'sns',
  'sqs',
  'ssm',
  'sts',
];

/** Where a stack stands. */
export interface AwsProviderOptions {
  /** AWS region. */
  readonly region: string;
  /** URL of an emulator, called for every API with dummy credentials. @default none: AWS */
  readonly endpoint?: string | undefined;
}

/** Terraform's AWS provider, for AWS or for an emulator: the one thing that differs between the two. */
export function awsProvider(scope: Construct, { region, endpoint }: AwsProviderOptions): AwsProvider {
  return new AwsProvider(scope, 'aws', {
    region,
    ...(endpoint === undefined
      ? {}
      : {
          accessKey: 'test',
          secretKey: 'test',
          s3UsePathStyle: true,
          skipMetadataApiCheck: 'true',
          endpoints: [Object.fromEntries(emulated.map((service) => [service, endpoint]))],
        }),
  });
}
