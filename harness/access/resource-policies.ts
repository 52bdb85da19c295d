import { GetKeyPolicyCommand } from '@aws-sdk/client-kms';
import { GetBucketPolicyCommand, GetPublicAccessBlockCommand } from '@aws-sdk/client-s3';

import { unlessAbsent } from './absent';
import { attributeOf } from './attributes';
import type { Cache } from './cache';
import type { Clients } from './clients';
import { type NamedPolicy, readPolicy } from './policy';

/** Reads the policies of resources from the services that keep them, each once until something changes. */
export class ResourcePolicies {
  constructor(
    private readonly clients: Clients,
    private readonly cache: Cache,
  ) {}

  /** The policy of the bucket, queue, topic or key that an ARN names, or names something in; others have none. */
  async of(arn: string): Promise<NamedPolicy | undefined> {
    const [, , service = '', , , resource = ''] = arn.split(':');
    const owner = service === 's3' ? `arn:aws:s3:::${resource.split('/')[0] ?? ''}` : arn;
    return this.cache.get(`policy of ${owner}`, async () => {
      const document = await this.document(service, owner);
      return document === undefined || document === ''
        ? undefined
        : readPolicy('resource', `of ${owner}`, document);
    });
  }

  /** Whether a bucket's public access block keeps out whom a public policy would let in. */
  async restrictsPublicBuckets(bucket: string): Promise<boolean> {
    return this.cache.get(`public access block of ${bucket}`, async () => {
      const answer = await unlessAbsent(
        this.clients.s3.send(new GetPublicAccessBlockCommand({ Bucket: bucket })),
      );
      return answer?.PublicAccessBlockConfiguration?.RestrictPublicBuckets === true;
    });
  }

  private async document(service: string, arn: string): Promise<string | undefined> {
    const { s3, kms } = this.clients;
    switch (service) {
      case 's3':
        return (await unlessAbsent(s3.send(new GetBucketPolicyCommand({ Bucket: arn.split(':').at(-1) }))))
          ?.Policy;
      case 'sqs':
      case 'sns':
        return attributeOf(this.clients, arn, 'Policy');
      case 'kms':
        return (await unlessAbsent(kms.send(new GetKeyPolicyCommand({ KeyId: arn, PolicyName: 'default' }))))
          ?.Policy;
      default:
        return undefined;
    }
  }
}
