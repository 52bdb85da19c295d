import { DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { GetObjectTaggingCommand } from '@aws-sdk/client-s3';

import type { Cache } from './cache';
import type { Clients } from './clients';
import { Keys } from './keys';
import type { Context } from './requirement';
import type { ObjectName } from './s3-operation';

/** An Auto Scaling group as policies speak of it. */
export interface GroupFacts {
  readonly arn: string;
  /** Its tags, as condition keys. */
  readonly tags: Context;
}

/** What a request does not tell and AWS knows: ARNs, tags, keys. */
export class Facts {
  readonly keys: Keys;

  constructor(
    private readonly clients: Clients,
    private readonly cache: Cache,
  ) {
    this.keys = new Keys(clients, cache);
  }

  /** `undefined` for a group that does not exist. */
  async group(name: string): Promise<GroupFacts | undefined> {
    return this.cache.get(`group ${name}`, async () => {
      const { AutoScalingGroups } = await this.clients.autoScaling.send(
        new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
      );
      const group = AutoScalingGroups?.[0];
      if (group?.AutoScalingGroupARN === undefined) {
        return undefined;
      }
      const tags = (group.Tags ?? []).flatMap(({ Key, Value }) => [
        [`aws:ResourceTag/${Key ?? ''}`, Value ?? ''],
        [`autoscaling:ResourceTag/${Key ?? ''}`, Value ?? ''],
      ]);
      return { arn: group.AutoScalingGroupARN, tags: Object.fromEntries(tags) as Context };
    });
  }

  /** Whether an object has tags; asked anew each time, since tags come with objects. */
  async hasTags({ bucket, key, versionId }: ObjectName): Promise<boolean> {
    try {
      const { TagSet } = await this.clients.s3.send(
        new GetObjectTaggingCommand({ Bucket: bucket, Key: key, VersionId: versionId }),
      );
      return (TagSet ?? []).length > 0;
    } catch {
      return false;
    }
  }
}
