import type { IncomingMessage } from 'node:http';

import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';

import type { Call } from '../edge/call';
import { callerOf } from './authentication';
import { Signers } from './signers';

const accessKeyId = 'ASIA1';
const keys = { accessKeyId, secretAccessKey: 'secret', sessionToken: 'token' };
const arn = 'arn:aws:sts::000000000000:assumed-role/worker/i-1';

/** The answer of the edge to a call that is signed with credentials which expire then. */
async function answerTo(
  service: string,
  expiration: Date,
  used = keys,
  { signingDate = new Date(), sent = undefined as Buffer | undefined } = {},
): Promise<unknown> {
  const signers = new Signers();
  signers.learn(
    `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken><Expiration>${expiration.toISOString()}</Expiration></Credentials><AssumedRoleUser><AssumedRoleId>AROA1:i-1</AssumedRoleId><Arn>${arn}</Arn></AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>`,
  );
  const signer = new SignatureV4({
    service,
    region: 'us-east-2',
    sha256: Sha256,
    credentials: used,
    uriEscapePath: service !== 's3',
  });
  const { headers } = await signer.sign(
    new HttpRequest({ path: '/films', headers: { host: 'localhost' }, body: 'content' }),
    { signingDate },
  );
  const request = {
    method: 'GET',
    url: '/films',
    headersDistinct: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
  } as unknown as IncomingMessage;
  const call: Call = { service, action: undefined, method: 'GET', path: '/films', accessKeyId, headers };
  return callerOf(signers, call, request, sent);
}

const later = new Date(Date.now() + 60_000);
const earlier = new Date(Date.now() - 1_000);

it.each(['s3', 'sqs'])(
  'a session of a role is who it is until its credentials expire: %s',
  async (service) => {
    expect(await answerTo(service, later, keys, { sent: Buffer.from('content') })).toEqual({
      principal: { kind: 'role', arn, roleName: 'worker', userId: 'AROA1:i-1' },
    });
  },
);

it.each([
  ['s3', 400],
  ['sqs', 403],
])('expired credentials of a session are refused: %s', async (service, status) => {
  expect(await answerTo(service, earlier)).toEqual({
    answer: {
      status,
      headers: { 'content-type': 'application/xml' },
      content: expect.stringContaining('<Code>ExpiredToken</Code>') as string,
    },
  });
});

it('the token of another session is refused, also where all is signed with the right secret', async () => {
  expect(await answerTo('s3', later, { ...keys, sessionToken: 'other' })).toMatchObject({
    answer: { status: 400, content: expect.stringContaining('<Code>InvalidToken</Code>') as string },
  });
});

it.each([
  ['s3', 'RequestTimeTooSkewed'],
  ['sqs', 'SignatureDoesNotMatch'],
])('a clock that is more than 15 minutes wrong is refused by %s with %s', async (service, code) => {
  const content = Buffer.from('content');
  for (const minutes of [-16, 16]) {
    const signingDate = new Date(Date.now() + minutes * 60_000);
    expect(await answerTo(service, later, keys, { signingDate, sent: content })).toMatchObject({
      answer: { status: 403, content: expect.stringContaining(`<Code>${code}</Code>`) as string },
    });
  }
  const signingDate = new Date(Date.now() - 14 * 60_000);
  expect(await answerTo(service, later, keys, { signingDate, sent: content })).toHaveProperty('principal');
});

it('another body than the one whose hash S3 is told is refused', async () => {
  expect(await answerTo('s3', later, keys, { sent: Buffer.from('another') })).toMatchObject({
    answer: {
      status: 400,
      content: expect.stringContaining('<Code>XAmzContentSHA256Mismatch</Code>') as string,
    },
  });
});
