import { randomBytes } from 'node:crypto';

/** 13 digits, as milliseconds have until the year 2286. */
const LAST = 9_999_999_999_999;

/**
 * A name that no other upload has, and that comes before all older ones: S3 lists keys in alphabetical order, so the
 * newest uploads are on its first page.
 */
export function newUploadId(now: Date): string {
  return `${String(LAST - now.getTime()).padStart(13, '0')}-${randomBytes(6).toString('hex')}`;
}

/** The name as people know it: without the id. */
export function displayName(name: string): string {
  return name.replace(/^\d{13}-[0-9a-f]{12}\/(?=.)/u, '');
}
