import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';

import { type SignedRequest, isMac, isSignedWith, unsignedHeaders } from './signature';

// The examples of AWS's own pages, with the credentials that are used there.
const accessKeyId = 'AKIAIOSFODNN7EXAMPLE';
const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const scope = '20130524/us-east-1/s3/aws4_request';
const noContent = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

function request(method: string, url: string, headers: Record<string, string>): SignedRequest {
  return {
    method,
    url,
    headersDistinct: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
  };
}

function bySignedHeader(
  method: string,
  url: string,
  headers: Record<string, string>,
  signature: string,
): SignedRequest {
  const signed = { host: 'examplebucket.s3.amazonaws.com', 'x-amz-date': '20130524T000000Z', ...headers };
  return request(method, url, {
    ...signed,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope},SignedHeaders=${Object.keys(signed).sort().join(';')},Signature=${signature}`,
  });
}

// Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, sigv4-query-string-auth.html
// and sigv4-streaming.html, «Examples»
const documented: [string, SignedRequest][] = [
  [
    'a GET of a range',
    bySignedHeader(
      'GET',
      '/test.txt',
      { range: 'bytes=0-9', 'x-amz-content-sha256': noContent },
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    ),
  ],
  [
    'a PUT of a key with an encoded character and a signed date',
    bySignedHeader(
      'PUT',
      '/test%24file.text',
      {
        date: 'Fri, 24 May 2013 00:00:00 GMT',
        'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      },
      '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
    ),
  ],
  [
    'a parameter without a value',
    bySignedHeader(
      'GET',
      '/?lifecycle',
      { 'x-amz-content-sha256': noContent },
      'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
    ),
  ],
  [
    'several parameters, in any order',
    bySignedHeader(
      'GET',
      '/?prefix=J&max-keys=2',
      { 'x-amz-content-sha256': noContent },
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    ),
  ],
  [
    'the head of an upload in signed chunks',
    bySignedHeader(
      'PUT',
      '/examplebucket/chunkObject.txt',
      {
        host: 's3.amazonaws.com',
        'content-encoding': 'aws-chunked',
        'content-length': '66824',
        'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
        'x-amz-decoded-content-length': '66560',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      },
      '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
    ),
  ],
  [
    'a presigned URL',
    request(
      'GET',
      `/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(`${accessKeyId}/${scope}`)}&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404`,
      { host: 'examplebucket.s3.amazonaws.com' },
    ),
  ],
];

describe('a signature of S3', () => {
  it.each(documented)('is found right as AWS documents it: %s', async (_what, signed) => {
    expect(await isSignedWith(secret, signed, undefined)).toBe(true);
  });

  it.each(documented)('is wrong for anything else, or of another secret: %s', async (_what, signed) => {
    const { url = '', headersDistinct } = signed;
    expect(await isSignedWith('another', signed, undefined)).toBe(false);
    for (const altered of [
      { ...signed, method: 'DELETE' },
      { ...signed, url: url.replace('/', '/x') },
      { ...signed, url: `${url}${url.includes('?') ? '&' : '?'}acl` },
      { ...signed, headersDistinct: { ...headersDistinct, host: ['elsewhere'] } },
    ]) {
      expect(await isSignedWith(secret, altered, undefined)).toBe(false);
    }
  });

  it('is wrong where there is none, or one of another length', async () => {
    expect(await isSignedWith(secret, request('GET', '/test.txt', {}), undefined)).toBe(false);
    expect(await isSignedWith(secret, bySignedHeader('GET', '/', {}, 'abc'), undefined)).toBe(false);
  });

  it.each([
    ['path', true],
    ['host', false],
  ])('of the SDK is right for every key, with the bucket in the %s', async (_where, forcePathStyle) => {
    const credentials = { accessKeyId, secretAccessKey: secret, sessionToken: 'a+b/c=' };
    const s3 = new S3Client({
      region: 'us-east-2',
      endpoint: 'http://s3.localhost:4566',
      forcePathStyle,
      credentials,
    });
    for (const Key of [
      'a b+c.txt',
      'é/日本.txt',
      'x//y',
      'a/../b/./c',
      "(1)!*'~.txt",
      '50%2F.txt',
      'q?x=y&z#',
    ]) {
      for (const [method, command] of [
        [
          'GET',
          new GetObjectCommand({ Bucket: 'films', Key, ResponseContentDisposition: 'inline; a="b c"' }),
        ],
        ['PUT', new PutObjectCommand({ Bucket: 'films', Key, ServerSideEncryption: 'AES256' })],
      ] as const) {
        // As it is: `URL` would take `..` for the folder above.
        const [, host = '', path = ''] = /^http:\/\/([^/]+)(.*)$/.exec(await getSignedUrl(s3, command)) ?? [];
        const signed = request(method, path, {
          host,
          ...(method === 'PUT' ? { 'x-amz-server-side-encryption': 'AES256' } : {}),
        });
        expect([Key, await isSignedWith(secret, signed, undefined)]).toEqual([Key, true]);
      }
    }
    s3.destroy();
  });

  it('covers the x-amz headers that it names; another one is told', () => {
    const headers = { 'x-amz-acl': 'private', 'x-amz-content-sha256': noContent };
    const signed = bySignedHeader('PUT', '/test.txt', headers, '');
    expect(unsignedHeaders(signed)).toEqual([]);
    signed.headersDistinct['x-amz-tagging'] = ['a=b'];
    expect(unsignedHeaders(signed)).toEqual(['x-amz-tagging']);
  });
});

describe('a signature of another service', () => {
  it('covers the body', async () => {
    const body = '{"QueueUrl":"tasks"}';
    const signer = new SignatureV4({
      service: 'sqs',
      region: 'us-east-2',
      sha256: Sha256,
      credentials: { accessKeyId, secretAccessKey: secret },
      applyChecksum: false,
    });
    const { headers } = await signer.sign(
      new HttpRequest({
        method: 'POST',
        path: '/',
        headers: { host: 'localhost:4566', 'x-amz-target': 'AmazonSQS.ReceiveMessage' },
        body,
      }),
    );
    const signed = request('POST', '/', headers);
    expect(await isSignedWith(secret, signed, Buffer.from(body))).toBe(true);
    expect(await isSignedWith(secret, signed, Buffer.from(body.replace('tasks', 'other')))).toBe(false);
    expect(await isSignedWith(secret, signed, undefined)).toBe(false);
  });
});

describe("the signature of a form's policy", () => {
  // Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-post-example.html
  const policy =
    'eyAiZXhwaXJhdGlvbiI6ICIyMDE1LTEyLTMwVDEyOjAwOjAwLjAwMFoiLA0KICAiY29uZGl0aW9ucyI6IFsNCiAgICB7ImJ1Y2tldCI6ICJzaWd2NGV4YW1wbGVidWNrZXQifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRrZXkiLCAidXNlci91c2VyMS8iXSwNCiAgICB7ImFjbCI6ICJwdWJsaWMtcmVhZCJ9LA0KICAgIHsic3VjY2Vzc19hY3Rpb25fcmVkaXJlY3QiOiAiaHR0cDovL3NpZ3Y0ZXhhbXBsZWJ1Y2tldC5zMy5hbWF6b25hd3MuY29tL3N1Y2Nlc3NmdWxfdXBsb2FkLmh0bWwifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRDb250ZW50LVR5cGUiLCAiaW1hZ2UvIl0sDQogICAgeyJ4LWFtei1tZXRhLXV1aWQiOiAiMTQzNjUxMjM2NTEyNzQifSwNCiAgICB7IngtYW16LXNlcnZlci1zaWRlLWVuY3J5cHRpb24iOiAiQUVTMjU2In0sDQogICAgWyJzdGFydHMtd2l0aCIsICIkeC1hbXotbWV0YS10YWciLCAiIl0sDQoNCiAgICB7IngtYW16LWNyZWRlbnRpYWwiOiAiQUtJQUlPU0ZPRE5ON0VYQU1QTEUvMjAxNTEyMjkvdXMtZWFzdC0xL3MzL2F3czRfcmVxdWVzdCJ9LA0KICAgIHsieC1hbXotYWxnb3JpdGhtIjogIkFXUzQtSE1BQy1TSEEyNTYifSwNCiAgICB7IngtYW16LWRhdGUiOiAiMjAxNTEyMjlUMDAwMDAwWiIgfQ0KICBdDQp9';
  const credential = `${accessKeyId}/20151229/us-east-1/s3/aws4_request`;
  const signature = '8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e';

  it('is found right as AWS documents it', async () => {
    expect(await isMac(secret, credential, policy, signature)).toBe(true);
    expect(await isMac(secret, credential, `${policy.slice(0, -1)}A`, signature)).toBe(false);
    expect(await isMac('another', credential, policy, signature)).toBe(false);
  });
});
