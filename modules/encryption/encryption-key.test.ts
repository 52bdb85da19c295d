import type { Grantee } from '../grantee';
import type { PolicyStatement } from '../policy-document';
import { Synthesized, statements } from '../testing/synthesized';
import { EncryptionKey, type EncryptionKeyProps } from './encryption-key';

const synthesize = (more: Partial<EncryptionKeyProps> = {}): Synthesized<EncryptionKey> =>
  Synthesized.from(
    (scope) =>
      new EncryptionKey(scope, 'key', {
        name: 'films',
        accountId: '111122223333',
        bucketArns: ['arn:aws:s3:::films-of-anna'],
        topicArns: ['arn:aws:sns:us-east-2:111122223333:films-uploads'],
        alarmArns: ['arn:aws:cloudwatch:us-east-2:111122223333:alarm:films-*'],
        ...more,
      }),
  );

describe('an encryption key', () => {
  it('is rotated, and found by its alias', () => {
    const stack = synthesize();
    expect(stack.one('aws_kms_key')).toMatchObject({
      enable_key_rotation: true,
      deletion_window_in_days: 30,
    });
    expect(stack.one('aws_kms_alias').name).toBe('alias/films');
  });

  it.each([
    ['LetS3Announce', 's3.amazonaws.com', 'arn:aws:s3:::films-of-anna'],
    ['LetSnsDeliver', 'sns.amazonaws.com', 'arn:aws:sns:us-east-2:111122223333:films-uploads'],
    [
      'LetCloudWatchNotify',
      'cloudwatch.amazonaws.com',
      'arn:aws:cloudwatch:us-east-2:111122223333:alarm:films-*',
    ],
  ])('%s: %s may encrypt what it passes on, for its own source only', (sid, service, source) => {
    expect(statements(synthesize().one('aws_kms_key').policy)[sid]).toEqual({
      Sid: sid,
      Effect: 'Allow',
      Principal: { Service: service },
      Action: ['kms:GenerateDataKey*', 'kms:Decrypt'],
      Resource: '*',
      Condition: {
        ArnLike: { 'aws:SourceArn': [source] },
        StringEquals: { 'aws:SourceAccount': '111122223333' },
      },
    });
  });

  it('stays in the hands of its account', () => {
    expect(statements(synthesize().one('aws_kms_key').policy).LeaveTheRestToIam).toMatchObject({
      Principal: { AWS: 'arn:aws:iam::111122223333:root' },
      Action: 'kms:*',
    });
  });

  it.each<[string, (key: EncryptionKey, role: Grantee) => void, object]>([
    [
      'decrypt',
      (key, role) => {
        key.grantDecrypt(role);
      },
      { Sid: 'DecryptWithKey', Action: ['kms:Decrypt'] },
    ],
    [
      'encrypt',
      (key, role) => {
        key.grantEncrypt(role);
      },
      { Sid: 'EncryptWithKey', Action: ['kms:GenerateDataKey'] },
    ],
    [
      'do both',
      (key, role) => {
        key.grantEncryptDecrypt(role);
      },
      { Sid: 'EncryptAndDecryptWithKey', Action: ['kms:GenerateDataKey', 'kms:Decrypt'] },
    ],
  ])('lets a role %s with it, and with no other key', (_, grant, statement) => {
    const stack = synthesize();
    const granted: PolicyStatement[] = [];
    grant(stack.built, {
      grant: (...statements) => {
        granted.push(...statements);
      },
    });
    expect(granted).toEqual([{ ...statement, Resource: stack.built.arn }]);
    expect(stack.reference(granted[0]?.Resource)).toMatch(/^\$\{aws_kms_key\..*\.arn\}$/);
  });

  it('may be destroyed', () => {
    expect(synthesize().one('aws_kms_key').lifecycle).toBeUndefined();
  });

  it('makes a plan fail that would destroy it, when asked', () => {
    expect(synthesize({ preventDestroy: true }).one('aws_kms_key').lifecycle).toEqual({
      prevent_destroy: true,
    });
  });
});
