import { createHash } from 'node:crypto';
import { chmod, cp, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { create } from 'tar';

export const ROOT = path.resolve(__dirname, '..');
const DIST = path.join(ROOT, 'dist');

/**
 * Of the Node binary, level 4 leaves 45.4 MB (1.9 s to pack, 0.57 s to unpack), 9 leaves 43.7 MB (11 s, 0.56 s), 1 leaves
 * 49.1 MB (1.4 s, 0.60 s).
 */
const GZIP_LEVEL = 4;
/** Every entry carries the same time, so that the same input gives the same bytes. */
const MTIME = new Date(0);

export interface ArtifactEntry {
  /** Path in the archive; what lies under `bin/` is executable. */
  readonly name: string;
  /** The content, or the file that holds it. */
  readonly content: Uint8Array | { readonly file: string };
}

export interface Artifact {
  /** `worker.tar.gz` */
  readonly name: string;
  /** Stands for the whole content: as long as it stays, the artifact is current. */
  readonly input: string;
  readonly entries: readonly ArtifactEntry[];
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Writes `dist/<name>`, unless it is current: a gzipped tar whose bytes depend on its content alone. */
export async function writeArtifact({ name, input, entries }: Artifact): Promise<void> {
  const startedAt = performance.now();
  const archive = path.join(DIST, name);
  const stamp = `${archive}.input`;
  const identity = createHash('sha256').update(`${input} gzip ${GZIP_LEVEL}`).digest('hex');
  if (await isCurrent(archive, stamp, identity)) {
    say(`${name}: dist/${name} is current`);
    return;
  }
  say(`${name}: packing`);
  await mkdir(DIST, { recursive: true });
  const staging = await mkdtemp(path.join(DIST, '.staging-'));
  try {
    for (const entry of entries) await stage(entry, staging);
    const file = path.join(staging, name);
    const names = [...new Set(entries.flatMap((entry) => [path.dirname(entry.name), entry.name]))].filter(
      (n) => n !== '.',
    );
    await create(
      { cwd: staging, file, gzip: { level: GZIP_LEVEL }, portable: true, mtime: MTIME, noDirRecurse: true },
      names,
    );
    await rename(file, archive);
  } finally {
    await rm(staging, { recursive: true });
  }
  await writeFile(stamp, identity);
  const megabytes = ((await stat(archive)).size / 1e6).toFixed(1);
  say(`${name}: dist/${name}, ${megabytes} MB (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
}

async function stage({ name, content }: ArtifactEntry, staging: string): Promise<void> {
  const target = path.join(staging, name);
  await mkdir(path.dirname(target), { recursive: true });
  await chmod(path.dirname(target), 0o755);
  if (content instanceof Uint8Array) await writeFile(target, content);
  else await cp(content.file, target);
  await chmod(target, name.startsWith('bin/') ? 0o755 : 0o644);
}

async function isCurrent(archive: string, stamp: string, identity: string): Promise<boolean> {
  try {
    return (await readFile(stamp, 'utf8')) === identity && (await stat(archive)).isFile();
  } catch {
    return false;
  }
}

/** Ends a build script: a failure is told in a line. */
export function runBuild(build: () => Promise<void>): void {
  build().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
