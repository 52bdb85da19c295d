import path from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './artifact';

/**
 * A program for Node and all its packages as one file.
 *
 * @param entryPoint relative to the project
 */
export async function bundleProgram(entryPoint: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [path.join(ROOT, entryPoint)],
    absWorkingDir: ROOT,
    outfile: 'program.js',
    write: false,
    bundle: true,
    // Not the identifiers: V8 takes 10 MB more memory to read the worker with short ones, and no less time.
    minifyWhitespace: true,
    minifySyntax: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    legalComments: 'none',
    logLevel: 'warning',
  });
  const [output] = outputFiles;
  if (output === undefined) throw new Error(`esbuild gave no output for ${entryPoint}`);
  return output.contents;
}
