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
    minify: true,
    keepNames: true,
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
