/**
 * Host names that carry the bucket, as the SDKs' virtual-hosted style makes them; `<bucket>.localhost` because browsers
 * and many resolvers take it for loopback.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
const patterns = [
  /^(?<bucket>[a-z0-9][a-z0-9.-]+)\.s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com$/,
  /^(?<bucket>[a-z0-9][a-z0-9.-]+)\.s3\.(?:[a-z0-9-]+\.)?localhost\.localstack\.cloud$/,
  /^(?<bucket>[a-z0-9][a-z0-9.-]+?)(?:\.s3)?\.localhost$/,
];

/** The bucket that a Host header names, or `undefined` for the path style. */
export function bucketOfHost(host: string | undefined): string | undefined {
  const name = (host ?? '').replace(/:\d+$/, '').toLowerCase();
  for (const pattern of patterns) {
    const bucket = pattern.exec(name)?.groups?.bucket;
    if (bucket !== undefined) {
      return bucket;
    }
  }
  return undefined;
}
