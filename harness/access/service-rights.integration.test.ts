import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { DeleteBucketPolicyCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SetTopicAttributesCommand } from '@aws-sdk/client-sns';

import { type GuardedEdge, guardedEdge } from './testing/guarded-edge';
import { alarmArn, allow, bucket, policy, queueArn, receive, topicArn } from './testing/statements';

const s = guardedEdge();

describe('what services do by themselves', () => {
  const ofAlarm = { kind: 'service', name: 'cloudwatch.amazonaws.com', sourceArn: alarmArn } as const;
  const roleArn = (name: string): string => `arn:aws:iam::000000000000:role/${name}`;
  const ofRole = (name: string) =>
    ({ kind: 'role', roleArn: roleArn(name), assumedBy: 'autoscaling.amazonaws.com' }) as const;
  const send = (
    ...[sender, to]: Parameters<GuardedEdge['access']['serviceRights']['checkSend']>
  ): Promise<void> => s.access.serviceRights.checkSend(sender, to);
  const topic = async (name: string, key?: string): Promise<string> => {
    const Attributes = key === undefined ? {} : { KmsMasterKeyId: key };
    return (await s.admin.sns.send(new CreateTopicCommand({ Name: name, Attributes }))).TopicArn!;
  };
  const setPolicy = (TopicArn: string, ...statements: object[]): Promise<unknown> =>
    s.admin.sns.send(
      new SetTopicAttributesCommand({
        TopicArn,
        AttributeName: 'Policy',
        AttributeValue: policy(...statements),
      }),
    );
  const key = async (...statements: object[]): Promise<string> => {
    const root = allow('kms:*', '*', { Principal: { AWS: 'arn:aws:iam::000000000000:root' } });
    const { KeyMetadata } = await s.admin.kms.send(
      new CreateKeyCommand({ Policy: policy(root, ...statements) }),
    );
    return KeyMetadata!.Arn!;
  };
  const role = async (name: string, trusted: string, ...statements: object[]): Promise<void> => {
    await s.admin.iam.send(
      new CreateRoleCommand({
        RoleName: name,
        AssumeRolePolicyDocument: policy({
          Effect: 'Allow',
          Principal: { Service: trusted },
          Action: 'sts:AssumeRole',
        }),
      }),
    );
    await s.admin.iam.send(
      new PutRolePolicyCommand({ RoleName: name, PolicyName: 'p', PolicyDocument: policy(...statements) }),
    );
  };

  it('an alarm tells a new topic, and one with a policy of its own only where that says so', async () => {
    const arn = await topic('alarms');
    await send(ofAlarm, arn);
    await setPolicy(arn, allow('sns:Publish', arn, { Principal: { Service: 's3.amazonaws.com' } }));
    await expect(send(ofAlarm, arn)).rejects.toThrow(
      `Resource: ${alarmArn} is not authorized to perform: sns:Publish on resource: ${arn} because no resource-based policy allows the sns:Publish action`,
    );
    expect(s.access.denials).toContainEqual(
      expect.objectContaining({
        principal: 'cloudwatch.amazonaws.com',
        action: 'sns:Publish',
        resource: arn,
      }),
    );
  });

  it('an alarm tells a topic with a key only where the policy of the key lets it', async () => {
    const use = (Condition: object): object =>
      allow(['kms:GenerateDataKey*', 'kms:Decrypt'], '*', {
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition,
      });
    const open = await key(use({ ArnLike: { 'aws:SourceArn': alarmArn.replace('backlog', '*') } }));
    await send(ofAlarm, await topic('alarms-open', open));
    const closed = await key(use({ StringEquals: { 'aws:SourceAccount': '111111111111' } }));
    await expect(send(ofAlarm, await topic('alarms-closed', closed))).rejects.toThrow('kms:GenerateDataKey');
  });

  it('a group tells topics by its service-linked role, which no key lets in that does not name it', async () => {
    const group = ofRole('aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling');
    const arn = await topic('groups');
    await send(group, arn);
    await setPolicy(arn, { Effect: 'Deny', Action: 'sns:Publish', Resource: arn, Principal: '*' });
    await expect(send(group, arn)).rejects.toThrow('with an explicit deny in a resource-based policy');
    await expect(send(group, await topic('groups-closed', await key()))).rejects.toThrow(
      'kms:GenerateDataKey',
    );
    const open = await key(allow('kms:*', '*', { Principal: { AWS: group.roleArn } }));
    await send(group, await topic('groups-open', open));
  });

  it('a hook tells its target by its role, if Auto Scaling may assume that', async () => {
    await role('hook', 'autoscaling.amazonaws.com', allow('sqs:SendMessage', queueArn));
    await send(ofRole('hook'), queueArn);
    await expect(send(ofRole('hook'), topicArn)).rejects.toThrow(
      'assumed-role/hook/AutoScaling is not authorized to perform: sns:Publish',
    );
    await role('stranger', 'ec2.amazonaws.com', allow('sqs:SendMessage', queueArn));
    await expect(send(ofRole('stranger'), queueArn)).rejects.toThrow(
      `autoscaling.amazonaws.com may not assume ${roleArn('stranger')}`,
    );
    await expect(send(ofRole('none'), queueArn)).rejects.toThrow('none');
  });

  it('a load balancer writes its logs where a bucket lets the service in, or the account that it had before', async () => {
    const delivery = {
      kind: 'service',
      name: 'logdelivery.elasticloadbalancing.amazonaws.com',
      sourceArn: 'arn:aws:elasticloadbalancing:us-east-2:000000000000:loadbalancer/app/web/1',
    } as const;
    const account = { kind: 'account', accountId: '033677994240' } as const;
    const mayPut = (key = 'web/AWSLogs/000000000000/a'): Promise<boolean> =>
      s.access.serviceRights.mayPut([delivery, account], { bucket, key });
    const grant = (Principal: object, more: object = {}): Promise<unknown> =>
      s.admin.s3.send(
        new PutBucketPolicyCommand({
          Bucket: bucket,
          Policy: policy(
            allow('s3:PutObject', `arn:aws:s3:::${bucket}/web/AWSLogs/000000000000/*`, {
              Principal,
              ...more,
            }),
          ),
        }),
      );
    await grant({ Service: 'delivery.logs.amazonaws.com' });
    expect(await mayPut()).toBe(false);
    expect(s.access.denials).toContainEqual(
      expect.objectContaining({ principal: delivery.name, action: 's3:PutObject' }),
    );
    await grant({ Service: delivery.name });
    expect([await mayPut(), await mayPut('AWSLogs/000000000000/a')]).toEqual([true, false]);
    await grant(
      { Service: delivery.name },
      {
        Condition: { ArnLike: { 'aws:SourceArn': delivery.sourceArn.replace('app/web/1', 'app/other/*') } },
      },
    );
    expect(await mayPut()).toBe(false);
    await grant({ AWS: `arn:aws:iam::${account.accountId}:root` });
    expect(await mayPut()).toBe(true);
    await grant({ AWS: account.accountId });
    expect(await mayPut()).toBe(true);
    await grant({ AWS: 'arn:aws:iam::127311923021:root' });
    expect(await mayPut()).toBe(false);
    expect(await s.access.serviceRights.mayPut([delivery], { bucket: 'there-is-none', key: 'a' })).toBe(
      false,
    );
    await s.admin.s3.send(new DeleteBucketPolicyCommand({ Bucket: bucket }));
  });

  it('EC2 assumes the roles that trust it, and no others', async () => {
    await role('lambda', 'lambda.amazonaws.com', receive);
    const { serviceRights } = s.access;
    expect(await serviceRights.mayAssume('ec2.amazonaws.com', roleArn('worker'))).toBe(true);
    expect(await serviceRights.mayAssume('ec2.amazonaws.com', roleArn('lambda'))).toBe(false);
    expect(s.access.denials).toContainEqual(
      expect.objectContaining({
        principal: 'ec2.amazonaws.com',
        action: 'sts:AssumeRole',
        resource: roleArn('lambda'),
        message: expect.stringMatching(/^Service: ec2.amazonaws.com is not authorized/) as string,
      }),
    );
  });
});
