import { Signers } from './signers';

// As LocalStack answers; the shape is AWS's.
const answer = `<?xml version='1.0' encoding='utf-8'?>
<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>s/1+</SecretAccessKey><SessionToken>t/1==</SessionToken><Expiration>2026-11-25T11:00:00.000000Z</Expiration></Credentials><AssumedRoleUser><AssumedRoleId>AROA1:i-1</AssumedRoleId><Arn>arn:aws:sts::000000000000:assumed-role/worker/i-1</Arn></AssumedRoleUser><PackedPolicySize>6</PackedPolicySize></AssumeRoleResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></AssumeRoleResponse>`;

it('takes the administrator for who signs with its key', () => {
  expect(new Signers().of('test')).toEqual({
    principal: { kind: 'administrator' },
    secretAccessKey: 'test',
  });
});

it('knows the session of a role once STS has given its credentials', () => {
  const signers = new Signers();
  expect(signers.of('ASIA1')).toBeUndefined();
  signers.learn(answer);
  expect(signers.of('ASIA1')).toEqual({
    principal: {
      kind: 'role',
      arn: 'arn:aws:sts::000000000000:assumed-role/worker/i-1',
      roleName: 'worker',
      userId: 'AROA1:i-1',
    },
    secretAccessKey: 's/1+',
    sessionToken: 't/1==',
    expiration: new Date('2026-11-25T11:00:00Z'),
  });
});

it('learns nothing from an error', () => {
  const signers = new Signers();
  signers.learn('<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>');
  signers.learn('');
  expect(signers.of('')).toBeUndefined();
});
