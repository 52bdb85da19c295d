import { execFile } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT, runBuild, say, writeArtifact } from '../../bundle/artifact';
import { CACHE, exists, intoFolder, npmPackage } from '../../bundle/npm-package';

const run = promisify(execFile);

/**
 * Static builds that lie in the registries' own packages: a download at install time would need more than a registry.
 * ffmpeg comes from PyPI, whose build is the newest; ffprobe from npm, since PyPI's package has none.
 */
const FFMPEG = {
  requirement: 'imageio-ffmpeg==0.6.0',
  sha256: 'c7e46fcec401dd990405049d2e2f475e2b397779df2519b544b8aab515195282',
  version: '7.0.2',
};
const FFPROBE = { name: '@ffprobe-installer/linux-x64', version: '5.2.0' };

/** @throws Error when there is no pip, or the wheel is another than the pinned one */
async function fetchFfmpeg(): Promise<string> {
  const folder = path.join(CACHE, `ffmpeg-${FFMPEG.version}`);
  if (!(await exists(folder))) {
    say(`media.tar.gz: fetching ffmpeg ${FFMPEG.version} from PyPI (about 30 MB)`);
    await intoFolder(folder, async (staging) => {
      const requirements = path.join(staging, 'requirements.txt');
      await writeFile(requirements, `${FFMPEG.requirement} --hash=sha256:${FFMPEG.sha256}\n`);
      const target = ['--target', path.join(staging, 'wheel'), '--platform', 'manylinux2014_x86_64'];
      await pip([
        'install',
        '--quiet',
        '--no-deps',
        '--only-binary=:all:',
        '--require-hashes',
        ...target,
        '-r',
        requirements,
      ]);
    });
  }
  const binaries = path.join(folder, 'wheel/imageio_ffmpeg/binaries');
  const binary = (await readdir(binaries)).find((name) => name.startsWith('ffmpeg-linux'));
  if (binary === undefined) throw new Error(`there is no ffmpeg in ${path.relative(ROOT, binaries)}`);
  return path.join(binaries, binary);
}

async function pip(args: readonly string[]): Promise<void> {
  try {
    await run('python3', ['-m', 'pip', ...args]);
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    throw new Error(
      `pip could not fetch ${FFMPEG.requirement} (python3 with pip is needed): ${stderr.trim()}`,
      { cause: error },
    );
  }
}

/** Makes `dist/media.tar.gz` (`bin/ffmpeg`, `bin/ffprobe`): unpacked over the worker, it makes movies and thumbnails. */
runBuild(async () => {
  const ffmpeg = await fetchFfmpeg();
  const ffprobe = await npmPackage(FFPROBE.name, FFPROBE.version, (spec) => {
    say(`media.tar.gz: fetching ${spec} from the npm registry (about 29 MB)`);
  });
  await writeArtifact({
    name: 'media.tar.gz',
    input: `ffmpeg ${FFMPEG.sha256} ffprobe ${FFPROBE.version}`,
    entries: [
      { name: 'bin/ffmpeg', content: { file: ffmpeg } },
      { name: 'bin/ffprobe', content: { file: path.join(ffprobe, 'ffprobe') } },
    ],
  });
});
