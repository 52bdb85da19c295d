import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';

import { GetObjectCommand, PutBucketPolicyCommand, PutPublicAccessBlockCommand } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';

import { administrator } from '../support/account';
import { type Keys, guardedEdge } from './testing/guarded-edge';
import { allow, bucket, policy } from './testing/statements';

const s = guardedEdge();

const publicRead = allow('s3:GetObject', `arn:aws:s3:::${bucket}/*`, { Principal: '*' });
const tlsOnly = {
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};

const statusAtHost = async (host: string, path: string): Promise<number | undefined> => {
  const [answer] = (await once(request(s.edge.url + path, { headers: { host } }).end(), 'response')) as [
    IncomingMessage,
  ];
  answer.resume();
  return answer.statusCode;
};
const visit = (key: string): Promise<Response> => fetch(`${s.edge.url}/${bucket}/${key}`);

describe('a visitor without a signature', () => {
  const open = async (blocked: boolean): Promise<void> => {
    await s.admin.s3.send(
      new PutPublicAccessBlockCommand({
        Bucket: bucket,
        PublicAccessBlockConfiguration: {
          BlockPublicPolicy: blocked,
          RestrictPublicBuckets: blocked,
        },
      }),
    );
  };

  it('is refused with 403 and AccessDenied where no policy lets everyone in', async () => {
    const answer = await visit('uploads/a%20b%2Bc.txt');
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('<Code>AccessDenied</Code><Message>Access Denied</Message>');
  });

  it('is refused nothing by the icon that a browser asks for besides', async () => {
    expect((await fetch(`${s.edge.url}/favicon.ico`)).status).toBe(404);
    expect(s.access.denials).not.toContainEqual(
      expect.objectContaining({ resource: expect.stringContaining('favicon') as string }),
    );
  });

  it('reads what a public policy opens once the public access block is off, and not before', async () => {
    await open(true);
    await s.admin.s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: policy(publicRead) }));
    expect((await visit('uploads/a%20b%2Bc.txt')).status).toBe(403);
    await open(false);
    const answer = await visit('uploads/a%20b%2Bc.txt');
    expect([answer.status, await answer.text()]).toEqual([200, 'content']);
    expect((await visit('uploads/missing.txt')).status).toBe(403);
    expect(await statusAtHost(`${bucket}.s3.localhost`, '/uploads/a%20b%2Bc.txt')).toBe(200);
    await s.admin.s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: policy(tlsOnly) }));
    expect((await visit('uploads/a%20b%2Bc.txt')).status).toBe(403);
  });

  it('may not call other services', async () => {
    const answer = await fetch(s.edge.url, {
      method: 'POST',
      body: new URLSearchParams({ Action: 'ListQueues', Version: '2012-11-05' }),
    });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('MissingAuthenticationToken');
  });
});

describe('a signature', () => {
  const receive = (keys: Keys): Promise<unknown> =>
    s.clientsOf(keys).sqs.send(new ReceiveMessageCommand({ QueueUrl: s.queueUrl }));
  const read = (keys: Keys): Promise<unknown> =>
    s.clientsOf(keys).s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'uploads/a b+c.txt' }));

  it('by another secret than the one of its key is refused, of a role and of the administrator', async () => {
    for (const keys of [s.workerCredentials, administrator]) {
      const forged = { ...keys, secretAccessKey: 'guessed' };
      await expect(read(forged)).rejects.toMatchObject({
        name: 'SignatureDoesNotMatch',
        message: expect.stringContaining('Check your key and signing method.') as string,
        $metadata: { httpStatusCode: 403 },
      });
      await expect(receive(forged)).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
    }
  });

  it('with a key that STS did not give is refused', async () => {
    const unknown = { ...s.workerCredentials, accessKeyId: 'ASIAUNKNOWN' };
    await expect(read(unknown)).rejects.toMatchObject({ name: 'InvalidAccessKeyId' });
    await expect(receive(unknown)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  });

  it('without the token of its session, or with that of another, is refused', async () => {
    const { accessKeyId, secretAccessKey } = s.workerCredentials;
    await expect(read({ accessKeyId, secretAccessKey })).rejects.toMatchObject({
      name: 'InvalidAccessKeyId',
    });
    const another = { ...s.workerCredentials, sessionToken: 'another' };
    await expect(read(another)).rejects.toMatchObject({ name: 'InvalidToken' });
    await expect(receive(another)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  });
});
