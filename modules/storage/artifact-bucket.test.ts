import { Synthesized, statements } from '../testing/synthesized';
import { ArtifactBucket } from './artifact-bucket';

const synthesize = () =>
  Synthesized.from((scope) =>
    new ArtifactBucket(scope, 'artifacts', { bucketName: 'the-artifacts' }).add('worker', __filename),
  );

describe('an artifact bucket', () => {
  it('is private, encrypted, without ACLs and for TLS only', () => {
    const stack = synthesize();
    expect(stack.one('aws_s3_bucket_public_access_block')).toMatchObject({
      block_public_acls: true,
      ignore_public_acls: true,
      block_public_policy: true,
      restrict_public_buckets: true,
    });
    expect(stack.one('aws_s3_bucket_server_side_encryption_configuration').rule).toEqual([
      { apply_server_side_encryption_by_default: { sse_algorithm: 'AES256' } },
    ]);
    expect(stack.one('aws_s3_bucket_ownership_controls').rule).toEqual({
      object_ownership: 'BucketOwnerEnforced',
    });
    expect(statements(stack.one('aws_s3_bucket_policy').policy)).toMatchObject({
      DenyInsecureTransport: { Effect: 'Deny', Action: 's3:*' },
    });
  });

  it('is removed with what is in it, since a build can make that again', () => {
    expect(synthesize().one('aws_s3_bucket').force_destroy).toBe(true);
  });

  it('puts a file under a key that carries its hash, the new one before the old one goes', () => {
    const stack = synthesize();
    expect(stack.one('aws_s3_object')).toMatchObject({
      key: expect.stringMatching(/^worker\/[0-9A-F]{32}\.tar\.gz$/) as string,
      lifecycle: { create_before_destroy: true },
    });
    expect(stack.reference(stack.built.s3Uri)).toMatch(
      /^s3:\/\/\$\{aws_s3_bucket\..+\.bucket\}\/\$\{.+\.key\}$/,
    );
  });

  it('refuses a name that S3 refuses', () => {
    expect(() =>
      Synthesized.from((scope) => new ArtifactBucket(scope, 'artifacts', { bucketName: 'a' })),
    ).toThrow('artifactBucketName is "a"; S3 allows 3 to 63 characters.');
  });
});
