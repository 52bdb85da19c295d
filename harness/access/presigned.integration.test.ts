import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  type PresignedPost,
  type PresignedPostOptions,
  createPresignedPost,
} from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

import { guardedEdge } from './testing/guarded-edge';
import { allow, bucket } from './testing/statements';

const s = guardedEdge();

const signForm = (options: Omit<PresignedPostOptions, 'Bucket'>): Promise<PresignedPost> => {
  // The library has a client of its own version.
  const signer: unknown = s.worker.s3;
  return createPresignedPost(signer as Parameters<typeof createPresignedPost>[0], {
    Bucket: bucket,
    ...options,
  });
};
const post = ({ url, fields }: PresignedPost, content = 'content'): Promise<Response> => {
  const form = new FormData();
  Object.entries(fields).forEach(([name, value]) => {
    form.append(name, value);
  });
  form.append('file', new Blob([content]), 'form.txt');
  return fetch(url, { method: 'POST', body: form });
};

describe('a presigned request', () => {
  it('is refused once anything of it was altered', async () => {
    const signed = await getSignedUrl(
      s.worker.s3,
      new GetObjectCommand({ Bucket: bucket, Key: 'uploads/a b+c.txt' }),
      { expiresIn: 60 },
    );
    await s.put('uploads/other.txt');
    for (const altered of [
      signed.replace('a%20b%2Bc.txt', 'other.txt'),
      signed.replace('X-Amz-Expires=60', 'X-Amz-Expires=6000'),
      signed.replace('X-Amz-Signature=', 'X-Amz-Signature=0'),
      `${signed}&versionId=null`,
    ]) {
      expect(altered).not.toBe(signed);
      const answer = await fetch(altered);
      expect(answer.status).toBe(403);
      expect(await answer.text()).toContain('<Code>SignatureDoesNotMatch</Code>');
    }
    const more = await fetch(signed, { headers: { 'x-amz-expected-bucket-owner': '000000000000' } });
    expect(more.status).toBe(403);
    expect(await more.text()).toContain('headers present in the request which were not signed');
    expect((await fetch(signed)).status).toBe(200);
  });

  it('may do what its signer may', async () => {
    const read = await getSignedUrl(
      s.worker.s3,
      new GetObjectCommand({ Bucket: bucket, Key: 'uploads/a b+c.txt' }),
    );
    expect((await fetch(read)).status).toBe(200);
    const write = await getSignedUrl(
      s.worker.s3,
      new PutObjectCommand({ Bucket: bucket, Key: 'uploads/other.txt' }),
    );
    expect((await fetch(write, { method: 'PUT', body: 'x' })).status).toBe(403);
  });

  it('is refused once it has expired, also when the administrator signed it', async () => {
    const url = await getSignedUrl(
      s.admin.s3,
      new GetObjectCommand({ Bucket: bucket, Key: 'uploads/a b+c.txt' }),
      { expiresIn: 60, signingDate: new Date(Date.now() - 61_000) },
    );
    const answer = await fetch(url);
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('Request has expired');
  });

  it.each([
    ['processed/', 204],
    ['uploads/', 403],
  ])('by POST under %s is answered by what its signer may: %i', async (prefix, status) => {
    const answer = await post(await signForm({ Key: `${prefix}form.txt` }), 'y'.repeat(3e6));
    expect(answer.status).toBe(status);
  });

  it('by POST is judged by the key with the name of the file in it, and by what else it sets', async () => {
    const toForm = (action: string): object => allow(action, `arn:aws:s3:::${bucket}/processed/form.txt`);
    const status = async (Fields: Record<string, string> = {}): Promise<number> =>
      (await post(await signForm({ Key: 'processed/${filename}', Fields }))).status;
    const tagging = '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>';
    await s.grantWorker(toForm('s3:PutObject'));
    expect(await status()).toBe(204);
    expect(await status({ acl: 'private' })).toBe(403);
    expect(await status({ tagging })).toBe(403);
    await s.grantWorker(toForm('s3:PutObject*'));
    expect(await status({ acl: 'private' })).toBe(204);
    expect(await status({ tagging })).toBe(204);
  });

  it('by POST is refused once its policy was altered, or is another one', async () => {
    const { url, fields } = await signForm({ Key: 'processed/form.txt' });
    const generous = JSON.stringify({ expiration: '2999-01-01T00:00:00Z', conditions: [] });
    for (const Policy of [Buffer.from(generous).toString('base64'), '']) {
      const answer = await post({ url, fields: { ...fields, Policy } });
      expect(answer.status).toBe(403);
      expect(await answer.text()).toContain('<Code>SignatureDoesNotMatch</Code>');
    }
  });

  // The edge refuses the additional field; the rest are what LocalStack enforces.
  it.each([
    ['is larger than it says', {}, '12345', 'EntityTooLarge'],
    ['is smaller than it says', {}, '', 'EntityTooSmall'],
    ['has a key that begins otherwise', { key: 'processed/other.txt' }, '1', 'Policy Condition failed'],
    ['has another value than it says', { 'Content-Type': 'text/html' }, '1', 'Policy Condition failed'],
    ['has a field that it does not speak of', { acl: 'public-read' }, '1', 'Extra input fields: acl'],
  ])('by POST is held to its policy: a form that %s', async (_what, changed, content, problem) => {
    const { url, fields } = await signForm({
      Key: 'processed/forms/${filename}',
      Fields: { 'Content-Type': 'text/plain' },
      Conditions: [['content-length-range', 1, 4]],
    });
    expect((await post({ url, fields }, '1234')).status).toBe(204);
    const answer = await post({ url, fields: { ...fields, ...changed } }, content);
    expect([answer.status, await answer.text()]).toEqual([
      problem.startsWith('Entity') ? 400 : 403,
      expect.stringContaining(problem),
    ]);
  });

  it('by POST is refused once its policy has expired', async () => {
    const answer = await post(await signForm({ Key: 'processed/form.txt', Expires: -1 }));
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('Invalid according to Policy: Policy expired.');
  });
});
