import { IamInstanceProfile } from '@cdktf/provider-aws/lib/iam-instance-profile';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import { Construct } from 'constructs';

import type { TaskQueue } from '../messaging';
import { assumedBy, policyDocument } from '../policy-document';
import type { UploadBucket } from '../storage';

/** Settings of a {@link WorkerRole}. */
export interface WorkerRoleProps {
  readonly roleName: string;
  readonly bucket: UploadBucket;
  readonly queue: TaskQueue;
  readonly artifactArns: readonly string[];
  /** ARN of the worker group, which a busy worker asks not to take it, and whose lifecycle actions a draining one completes. */
  readonly groupArn: string;
}

/** What a worker instance may do, and no more. */
export class WorkerRole extends Construct {
  readonly instanceProfileArn: string;
  /** What must exist before an instance may do its work. */
  readonly permissions: IamRolePolicy;

  constructor(
    scope: Construct,
    id: string,
    { roleName, bucket, queue, artifactArns, groupArn }: WorkerRoleProps,
  ) {
    super(scope, id);
    const uploads = `${bucket.arn}/${bucket.uploadsPrefix}*`;
    const processed = `${bucket.arn}/${bucket.processedPrefix}*`;
    const role = new IamRole(this, 'role', {
      name: roleName,
      assumeRolePolicy: assumedBy('ec2.amazonaws.com'),
    });
    this.permissions = new IamRolePolicy(this, 'policy', {
      name: 'worker',
      role: role.id,
      policy: policyDocument(
        { Sid: 'DownloadArtifacts', Action: 's3:GetObject', Resource: artifactArns },
        {
          Sid: 'WorkOnTasks',
          Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'],
          Resource: queue.arn,
        },
        { Sid: 'GiveUpOnTasks', Action: 'sqs:SendMessage', Resource: queue.deadLetterQueueArn },
        // Without it a HEAD of a missing object is a 403 and cannot be told from a forbidden one.
        { Sid: 'TellMissingFromForbidden', Action: 's3:ListBucket', Resource: bucket.arn },
        {
          Sid: 'TakeUploads',
          Action: [
            's3:GetObject',
            's3:GetObjectVersion',
            's3:GetObjectTagging',
            's3:GetObjectVersionTagging',
            's3:DeleteObject',
            's3:DeleteObjectVersion',
          ],
          Resource: uploads,
        },
        {
          Sid: 'PutResults',
          Action: [
            's3:GetObject',
            's3:PutObject',
            's3:PutObjectTagging',
            's3:AbortMultipartUpload',
            // Renditions of a version that a newer one has replaced.
            's3:DeleteObject',
          ],
          Resource: processed,
        },
        {
          Sid: 'TellTheGroup',
          Action: [
            'autoscaling:SetInstanceProtection',
            'autoscaling:RecordLifecycleActionHeartbeat',
            'autoscaling:CompleteLifecycleAction',
          ],
          Resource: groupArn,
        },
      ),
    });
    new IamRolePolicyAttachment(this, 'session-manager', {
      role: role.name,
      policyArn: 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore',
    });
    this.instanceProfileArn = new IamInstanceProfile(this, 'profile', {
      name: roleName,
      role: role.name,
    }).arn;
  }
}
