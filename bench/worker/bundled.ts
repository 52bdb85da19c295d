import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleProgram } from '../../bundle/program';

/** A program of this folder as one file, bundled as the shipped worker is. */
export async function bundled(name: string): Promise<AsyncDisposable & { readonly file: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'upload-bench-'));
  const file = path.join(folder, 'child.js');
  await writeFile(file, await bundleProgram(`bench/worker/${name}`));
  return { file, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}
