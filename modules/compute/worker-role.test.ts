import { Synthesized, statements } from '../testing/synthesized';
import { tiers } from '../testing/tiers';
import { WorkerRole } from './worker-role';

const groupArn = 'arn:aws:autoscaling:us-east-2:111122223333:autoScalingGroup:*:autoScalingGroupName/workers';

const stack = Synthesized.from((scope) => {
  const { bucket, queue } = tiers(scope);
  new WorkerRole(scope, 'role', {
    roleName: 'workers',
    bucket,
    queue,
    artifactArns: ['arn:aws:s3:::artifacts/worker.tar.gz'],
    groupArn,
  });
  return { bucket, queue };
});

describe("the worker's role", () => {
  const bucketArn = String(stack.reference(stack.built.bucket.arn));
  const allowed = statements(stack.one('aws_iam_role_policy').policy);

  it('is for EC2 instances only', () => {
    expect(statements(stack.one('aws_iam_role').assume_role_policy)).toEqual({
      Assume: {
        Sid: 'Assume',
        Effect: 'Allow',
        Principal: { Service: 'ec2.amazonaws.com' },
        Action: 'sts:AssumeRole',
      },
    });
  });

  it('may do these things and no others', () => {
    expect(
      Object.values(allowed).map(({ Effect, Action, Resource }) => ({ Effect, Action, Resource })),
    ).toEqual([
      { Effect: 'Allow', Action: 's3:GetObject', Resource: ['arn:aws:s3:::artifacts/worker.tar.gz'] },
      {
        Effect: 'Allow',
        Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'],
        Resource: stack.reference(stack.built.queue.arn),
      },
      {
        Effect: 'Allow',
        Action: 'sqs:SendMessage',
        Resource: stack.reference(stack.built.queue.deadLetterQueueArn),
      },
      { Effect: 'Allow', Action: 's3:ListBucket', Resource: bucketArn },
      {
        Effect: 'Allow',
        Action: [
          's3:GetObject',
          's3:GetObjectVersion',
          's3:GetObjectTagging',
          's3:GetObjectVersionTagging',
          's3:DeleteObject',
          's3:DeleteObjectVersion',
        ],
        Resource: `${bucketArn}/uploads/*`,
      },
      {
        Effect: 'Allow',
        Action: [
          's3:GetObject',
          's3:PutObject',
          's3:PutObjectTagging',
          's3:AbortMultipartUpload',
          's3:DeleteObject',
        ],
        Resource: `${bucketArn}/processed/*`,
      },
      {
        Effect: 'Allow',
        Action: [
          'autoscaling:SetInstanceProtection',
          'autoscaling:RecordLifecycleActionHeartbeat',
          'autoscaling:CompleteLifecycleAction',
        ],
        Resource: groupArn,
      },
    ]);
  });

  it('never allows every action or every resource', () => {
    for (const { Action, Resource } of Object.values(allowed)) {
      expect([Action].flat().filter((action) => action.includes('*'))).toEqual([]);
      expect([Resource].flat()).not.toContain('*');
    }
  });

  it('has Session Manager in place of SSH', () => {
    expect(stack.one('aws_iam_role_policy_attachment').policy_arn).toBe(
      'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore',
    );
  });
});
