import { gunzipSync } from 'node:zlib';

import { messageOf } from '../../support/message-of';

/** What cloud-init makes of user data, as far as a body does: a script that is run, nothing, or something refused. */
export type UserData =
  | { readonly kind: 'script'; readonly script: Buffer }
  | { readonly kind: 'none' }
  | { readonly kind: 'unsupported'; readonly reason: string };

const gzipMagic = Buffer.from([0x1f, 0x8b]);

/** First lines that cloud-init knows and a body does not. Source: https://docs.cloud-init.io/en/latest/explanation/format.html */
const knownFormats: readonly (readonly [RegExp, string])[] = [
  [/^#cloud-config\b/, 'cloud-config'],
  [/^#cloud-boothook\b/, 'a boot hook'],
  [/^#include\b|^#include-once\b/, 'an include file'],
  [/^## template:\s*jinja\b/, 'a Jinja template'],
  [/^(Content-Type:|MIME-Version:|From )/i, 'a MIME multi-part archive'],
];

/**
 * Reads user data as cloud-init does: unpacked when it is gzip, run when it begins with `#!`.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
 */
export function readUserData(raw: Buffer): UserData {
  let content = raw;
  if (raw.subarray(0, 2).equals(gzipMagic)) {
    try {
      content = gunzipSync(raw);
    } catch (error) {
      const message = messageOf(error);
      return { kind: 'unsupported', reason: `it begins like gzip and cannot be unpacked (${message})` };
    }
  }
  const start = content.subarray(0, 200).toString('latin1');
  if (start.trim() === '') {
    return { kind: 'none' };
  }
  if (start.startsWith('#!')) {
    return { kind: 'script', script: content };
  }
  const format = knownFormats.find(([firstLine]) => firstLine.test(start))?.[1];
  return {
    kind: 'unsupported',
    reason:
      format === undefined
        ? 'it does not begin with #! and cloud-init would not know what it is either'
        : `it is ${format}, which an instance on EC2 understands and a body does not: give a script that begins with #!`,
  };
}
