import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  EncryptCommand,
  PutKeyPolicyCommand,
} from '@aws-sdk/client-kms';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { CreateTopicCommand, PublishCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';

import { guardedEdge } from './testing/guarded-edge';
import { allow, bucket, policy, region } from './testing/statements';

const s = guardedEdge();

describe('an instance with a role and a customer-managed key', () => {
  const secret = `${bucket}-secret`;
  let keyArn: string;
  let topicArnWithKey: string;
  let queueUrlWithKey: string;

  const all = allow(['s3:*', 'sqs:*', 'sns:*'], '*', { Sid: 'All' });
  const use = (...actions: string[]): object =>
    allow(
      actions.map((action) => `kms:${action}`),
      keyArn,
      { Sid: 'Use' },
    );
  const message = (action: string): object => ({
    message: `User: arn:aws:sts::000000000000:assumed-role/worker/i-1 is not authorized to perform: kms:${action} on resource: ${keyArn} because no identity-based policy allows the kms:${action} action`,
  });
  const read = (): Promise<unknown> =>
    s.worker.s3.send(new GetObjectCommand({ Bucket: secret, Key: 'uploads/a.txt' }));
  const write = (Key: string, more: Partial<PutObjectCommandInput> = {}): Promise<unknown> =>
    s.worker.s3.send(new PutObjectCommand({ Bucket: secret, Key, Body: 'x', ...more }));
  const send = (): Promise<unknown> =>
    s.worker.sqs.send(new SendMessageCommand({ QueueUrl: queueUrlWithKey, MessageBody: 'x' }));

  beforeAll(async () => {
    const { KeyMetadata } = await s.admin.kms.send(new CreateKeyCommand({}));
    keyArn = KeyMetadata!.Arn!;
    await s.admin.s3.send(
      new CreateBucketCommand({
        Bucket: secret,
        CreateBucketConfiguration: { LocationConstraint: region },
      }),
    );
    await s.admin.s3.send(
      new PutBucketEncryptionCommand({
        Bucket: secret,
        ServerSideEncryptionConfiguration: {
          Rules: [
            { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: keyArn } },
          ],
        },
      }),
    );
    await s.admin.s3.send(new PutObjectCommand({ Bucket: secret, Key: 'uploads/a.txt', Body: 'x' }));
    const queue = await s.admin.sqs.send(
      new CreateQueueCommand({ QueueName: 'secret', Attributes: { KmsMasterKeyId: keyArn } }),
    );
    queueUrlWithKey = queue.QueueUrl!;
    const topic = await s.admin.sns.send(
      new CreateTopicCommand({ Name: 'secret', Attributes: { KmsMasterKeyId: keyArn } }),
    );
    topicArnWithKey = topic.TopicArn!;
  });

  it('reads what it encrypts only with kms:Decrypt, and the denial is listed', async () => {
    await s.grantWorker(all, use('GenerateDataKey'));
    await expect(read()).rejects.toMatchObject({ name: 'AccessDenied', ...message('Decrypt') });
    expect(s.access.denials).toContainEqual(
      expect.objectContaining({ action: 'kms:Decrypt', resource: keyArn }),
    );
    await s.grantWorker(all, use('Decrypt'));
    await read();
    expect(await s.access.unusedGrants()).not.toContainEqual(
      expect.objectContaining({ sid: 'Use', action: 'kms:Decrypt' }),
    );
  });

  it('writes to its bucket only with kms:GenerateDataKey, and without where it names another encryption', async () => {
    await s.grantWorker(all);
    await expect(write('a.txt')).rejects.toMatchObject({
      name: 'AccessDenied',
      ...message('GenerateDataKey'),
    });
    await write('plain.txt', { ServerSideEncryption: 'AES256' });
    await s.worker.s3.send(new GetObjectCommand({ Bucket: secret, Key: 'plain.txt' }));
    await s.grantWorker(all, use('GenerateDataKey'));
    await write('a.txt');
  });

  it('needs it elsewhere for what it was written with there', async () => {
    await s.admin.s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: 'uploads/secret.txt',
        Body: 'x',
        ServerSideEncryption: 'aws:kms',
        SSEKMSKeyId: keyArn,
      }),
    );
    const copy = (): Promise<unknown> =>
      s.worker.s3.send(
        new CopyObjectCommand({
          Bucket: bucket,
          Key: 'processed/plain.txt',
          CopySource: `${bucket}/uploads/secret.txt`,
        }),
      );
    await s.grantWorker(all);
    await expect(copy()).rejects.toMatchObject(message('Decrypt'));
    await s.grantWorker(all, use('Decrypt'));
    await copy();
  });

  it('sends to its queue with both, receives with kms:Decrypt, and is told by an error of its own', async () => {
    const receiving = new ReceiveMessageCommand({ QueueUrl: queueUrlWithKey, WaitTimeSeconds: 0 });
    await s.grantWorker(all, use('GenerateDataKey'));
    await expect(send()).rejects.toMatchObject({ name: 'KmsAccessDenied', ...message('Decrypt') });
    await expect(s.worker.sqs.send(receiving)).rejects.toMatchObject({ name: 'KmsAccessDenied' });
    await s.grantWorker(all, use('Decrypt'));
    await expect(send()).rejects.toMatchObject(message('GenerateDataKey'));
    await s.worker.sqs.send(receiving);
    await s.grantWorker(all, use('Decrypt', 'GenerateDataKey'));
    await send();
  });

  it('publishes to its topic with both', async () => {
    const publish = (): Promise<unknown> =>
      s.worker.sns.send(new PublishCommand({ TopicArn: topicArnWithKey, Message: 'x' }));
    await s.grantWorker(all, use('Decrypt'));
    await expect(publish()).rejects.toMatchObject({
      name: 'KMSAccessDeniedException',
      ...message('GenerateDataKey'),
    });
    await s.grantWorker(all, use('Decrypt', 'GenerateDataKey'));
    await publish();
  });

  it('may be allowed by service and by what is encrypted', async () => {
    const { Condition } = allow('kms:Decrypt', keyArn, {
      Condition: {
        StringEquals: {
          'kms:ViaService': `s3.${region}.amazonaws.com`,
          'kms:EncryptionContext:aws:s3:arn': `arn:aws:s3:::${secret}/uploads/a.txt`,
        },
      },
    }) as { Condition: object };
    await s.grantWorker(all, { ...use('Decrypt', 'GenerateDataKey'), Condition });
    await read();
    await expect(send()).rejects.toMatchObject({ name: 'KmsAccessDenied' });
  });

  it('uses a key by its alias, or by what it encrypted, as it may use the key', async () => {
    await s.admin.kms.send(new CreateAliasCommand({ AliasName: 'alias/films', TargetKeyId: keyArn }));
    const encrypting = new EncryptCommand({ KeyId: 'alias/films', Plaintext: Buffer.from('x') });
    await s.grantWorker(use('Encrypt'));
    const { CiphertextBlob } = await s.worker.kms.send(encrypting);
    const decrypting = new DecryptCommand({ CiphertextBlob });
    await expect(s.worker.kms.send(decrypting)).rejects.toMatchObject(message('Decrypt'));
    await s.grantWorker(use('Decrypt'));
    await s.worker.kms.send(decrypting);
    await expect(s.worker.kms.send(encrypting)).rejects.toMatchObject(message('Encrypt'));
  });

  it('is held by the policy of the key, whatever its own say', async () => {
    const setPolicy = (...statements: object[]): Promise<unknown> =>
      s.admin.kms.send(
        new PutKeyPolicyCommand({ KeyId: keyArn, PolicyName: 'default', Policy: policy(...statements) }),
      );
    const leaveToIam = allow('kms:*', '*', { Principal: { AWS: 'arn:aws:iam::000000000000:root' } });
    await s.grantWorker(all, use('Decrypt', 'GenerateDataKey'));
    await setPolicy(allow('kms:*', '*', { Principal: { AWS: 'arn:aws:iam::000000000000:role/other' } }));
    await expect(read()).rejects.toMatchObject({
      message: expect.stringMatching(
        /because no resource-based policy allows the kms:Decrypt action$/,
      ) as string,
    });
    await setPolicy(leaveToIam);
    await read();
  });
});
