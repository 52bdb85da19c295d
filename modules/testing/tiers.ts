import type { Construct } from 'constructs';

import { TaskQueue } from '../messaging';
import { Network } from '../network';
import { UploadBucket } from '../storage';

/** Where tests deploy. */
export const account = { region: 'us-east-2', accountId: '111122223333' };

/** The tiers that a fleet stands on, as small as they can be. */
export interface Tiers {
  readonly network: Network;
  readonly bucket: UploadBucket;
  readonly queue: TaskQueue;
}

/** Makes them in a scope. */
export function tiers(scope: Construct): Tiers {
  return {
    network: new Network(scope, 'network', {
      name: 'films',
      region: account.region,
      availabilityZones: ['us-east-2a', 'us-east-2b'],
    }),
    bucket: new UploadBucket(scope, 'bucket', {
      bucketName: 'films-of-anna',
      uploadsPrefix: 'uploads/',
      processedPrefix: 'processed/',
    }),
    queue: new TaskQueue(scope, 'queue', {
      ...account,
      queueName: 'tasks',
      topicArn: 'arn:aws:sns:us-east-2:111122223333:uploads',
    }),
  };
}
