import type { Upload } from '../events/upload';
import { NonRetryableError } from '../queue/errors';

/** S3 takes keys of up to so many bytes of UTF-8. */
const MAX_KEY = 1024;

export interface Prefixes {
  readonly uploadsPrefix: string;
  readonly processedPrefix: string;
}

/**
 * Where the result of an upload goes: `processed/x` for `uploads/x`.
 *
 * @param room bytes that are to be appended to it
 * @throws NonRetryableError when S3 would refuse it as too long
 */
export function processedKey(
  { key }: Pick<Upload, 'key'>,
  { uploadsPrefix, processedPrefix }: Prefixes,
  room = 0,
): string {
  const processed = processedPrefix + key.slice(uploadsPrefix.length);
  const length = Buffer.byteLength(processed) + room;
  if (length <= MAX_KEY) return processed;
  throw new NonRetryableError(
    `${key} is too long a key: under ${processedPrefix} it takes ${length} bytes, and S3 allows ${MAX_KEY}`,
  );
}
