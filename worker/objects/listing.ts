import { paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';

/** Every key that begins with the prefix. */
export async function listKeys(
  s3: S3Client,
  { bucket, prefix }: { readonly bucket: string; readonly prefix: string },
  abortSignal: AbortSignal,
): Promise<string[]> {
  // Keys may hold characters that XML cannot.
  const request = { Bucket: bucket, Prefix: prefix, EncodingType: 'url' } as const;
  const keys: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, request, { abortSignal }))
    keys.push(...Contents.map(({ Key = '' }) => decodeListed(Key)));
  return keys;
}

/** A key as lists have it when they are asked for the encoding `url`, which is that of forms. */
export function decodeListed(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}
