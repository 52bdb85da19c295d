import type { IAMClient } from '@aws-sdk/client-iam';
import type { STSClient } from '@aws-sdk/client-sts';

import { startMetadata } from './metadata/metadata';
import type { InstanceFacts } from './metadata/tree';
import { Roles } from './roles';
import { everyRight } from './testing/rights';

const roleArn = 'arn:aws:iam::000000000000:role/worker';
const profileArn = 'arn:aws:iam::000000000000:instance-profile/workers';

const iam = {
  send: () => Promise.resolve({ InstanceProfile: { Roles: [{ RoleName: 'worker', Arn: roleArn }] } }),
} as unknown as IAMClient;

const Credentials = {
  AccessKeyId: 'ASIA1',
  SecretAccessKey: 'secret',
  SessionToken: 'token',
  Expiration: new Date(Date.now() + 3_600_000),
};
const sts = { send: () => Promise.resolve({ Credentials }) } as unknown as STSClient;

/** What the metadata of an instance says of its role's credentials. */
async function told(roles: Roles): Promise<unknown> {
  const facts = async (): Promise<InstanceFacts> =>
    ({
      privateIpAddress: '10.0.0.1',
      userData: Buffer.alloc(0),
      role: await roles.ofProfile(profileArn, 'i-1'),
    }) as unknown as InstanceFacts;
  const metadata = await startMetadata(facts);
  try {
    const token = await fetch(`${metadata.endpoint}/latest/api/token`, {
      method: 'PUT',
      headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '60' },
    });
    const answer = await fetch(`${metadata.endpoint}/latest/meta-data/iam/security-credentials/worker`, {
      headers: { 'x-aws-ec2-metadata-token': await token.text() },
    });
    expect(answer.status).toBe(200);
    return await answer.json();
  } finally {
    await metadata.close();
  }
}

it('gives an instance credentials of a role that EC2 may assume', async () => {
  const asked: string[][] = [];
  const rights = {
    ...everyRight,
    mayAssume: (...what: [string, string]) => Promise.resolve(asked.push(what) > 0),
  };
  expect(await told(new Roles(iam, sts, rights))).toMatchObject({ Code: 'Success', AccessKeyId: 'ASIA1' });
  expect(asked).toEqual([['ec2.amazonaws.com', roleArn]]);
});

it('gives it none of a role that EC2 may not assume, and says why as EC2 does', async () => {
  const rights = { ...everyRight, mayAssume: () => Promise.resolve(false) };
  const answer = await told(new Roles(iam, sts, rights));
  expect(answer).toMatchObject({
    Code: 'AssumeRoleUnauthorizedAccess',
    Message: expect.stringContaining('EC2 cannot assume the role worker.') as string,
  });
  expect(answer).not.toHaveProperty('AccessKeyId');
});
