import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';

/** A program of this folder as one file, without what a TypeScript loader costs. */
export async function bundled(name: string): Promise<AsyncDisposable & { readonly file: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'upload-bench-'));
  const file = path.join(folder, 'child.js');
  await build({
    entryPoints: [path.join(__dirname, name)],
    outfile: file,
    bundle: true,
    platform: 'node',
    logLevel: 'error',
  });
  return { file, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}
