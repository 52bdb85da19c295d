import { cp } from 'node:fs/promises';
import { join } from 'node:path';

/** What the harness reads beside its code: lock files, the image of the bodies, scripts. */
const sources = /\.(ts|in)$/;

void cp('harness', join('dist', 'lib', 'harness'), {
  recursive: true,
  filter: (source) => !sources.test(source),
});
