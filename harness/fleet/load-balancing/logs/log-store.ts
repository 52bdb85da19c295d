import { GetBucketLocationCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

import { ServiceError } from '../../protocol/errors';
import type { Rights } from '../../rights';
import type { LoadBalancer } from '../resources';
import type { Home } from '../store';
import { elbAccounts } from './elb-accounts';

/** An object that a load balancer writes. */
export interface LogObject {
  readonly bucket: string;
  readonly key: string;
  readonly body: Buffer;
}

/** Whose log it is. */
type LogOwner = Pick<LoadBalancer, 'arn' | 'name'>;

/** Where logs go, as Elastic Load Balancing writes them. */
export interface LogStore {
  /**
   * Writes an object on behalf of a load balancer.
   *
   * @throws ServiceError InvalidConfigurationRequest where the bucket does not let it, or is in another region.
   */
  put(loadBalancer: LogOwner, object: LogObject): Promise<void>;
}

/** Who delivers logs. Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html */
const service = 'logdelivery.elasticloadbalancing.amazonaws.com';

/** S3 by its own API, through the edge, where the bucket's policy allows it. */
export class S3LogStore implements LogStore {
  constructor(
    private readonly s3: S3Client,
    private readonly rights: Rights,
    private readonly home: Home,
  ) {}

  async put({ arn, name }: LogOwner, { bucket, key, body }: LogObject): Promise<void> {
    const account = elbAccounts[this.home.region];
    const older = account === undefined ? [] : [{ kind: 'account', accountId: account } as const];
    const delivery = { kind: 'service', name: service, sourceArn: arn } as const;
    if (!(await this.rights.mayPut([delivery, ...older], { bucket, key }))) {
      throw refused(`Access Denied for bucket: ${bucket}. Please check S3bucket permission`);
    }
    if ((await this.regionOf(bucket)) !== this.home.region) {
      throw refused(`S3Bucket: ${bucket} is not located in the same region with ELB: ${name}`);
    }
    await this.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  }

  private async regionOf(bucket: string): Promise<string> {
    const { LocationConstraint } = await this.s3.send(new GetBucketLocationCommand({ Bucket: bucket }));
    // Of the oldest region S3 says nothing.
    return LocationConstraint ?? 'us-east-1';
  }
}

function refused(message: string): ServiceError {
  return new ServiceError('InvalidConfigurationRequest', message);
}
