import { createHash } from 'node:crypto';
import { type ArtifactEntry, say, writeArtifact } from './artifact';
import { bundleProgram } from './program';

/** A program of this project for instances. */
export interface ProgramArtifact {
  /** Makes `dist/<name>.tar.gz` with `<name>.js`. */
  readonly name: string;
  /** Its launcher, under `bin/`. */
  readonly command: string;
  /** Relative to the project. */
  readonly entryPoint: string;
  /** How its Node is started. @default none */
  readonly nodeFlags?: readonly string[];
  /** Environment variables that its Node is started with. @default none */
  readonly nodeEnvironment?: Readonly<Record<string, string>>;
  /** Files that it reads beside its own. @default none */
  readonly files?: readonly (ArtifactEntry & { readonly content: Uint8Array })[];
}

/**
 * Makes an archive with the program as one file, and a launcher that starts it from wherever it was unpacked: by the Node
 * that was unpacked beside it, else by the one of the AMI.
 */
export async function writeProgramArtifact(artifact: ProgramArtifact): Promise<void> {
  const { name, command, entryPoint, nodeFlags = [], nodeEnvironment = {}, files = [] } = artifact;
  const program = await bundleProgram(entryPoint);
  const exports = Object.entries(nodeEnvironment).map(([key, value]) => `export ${key}=${value}\n`);
  // The process stays the one that systemd started.
  const launcher = `#!/bin/sh
here=$(dirname -- "$0")
node=$here/node
if [ ! -x "$node" ]; then node=node; fi
${exports.join('')}exec ${['"$node"', ...nodeFlags, `"$here/../${name}.js"`].join(' ')}
`;
  say(`${name}.tar.gz: bundled (${(program.byteLength / 1e6).toFixed(1)} MB)`);
  const entries = [
    { name: `bin/${command}`, content: Buffer.from(launcher) },
    { name: `${name}.js`, content: program },
    ...files,
  ];
  const hash = createHash('sha256');
  for (const entry of entries) hash.update(`${entry.name} `).update(entry.content);
  await writeArtifact({
    name: `${name}.tar.gz`,
    input: hash.digest('hex'),
    entries,
  });
}
