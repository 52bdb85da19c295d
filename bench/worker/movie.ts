import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { movieArguments, QUALITY } from '../../worker/media/command';
import { probe, type Probe } from '../../worker/media/probe';
import { planRenditions, type Rendition } from '../../worker/media/renditions';
import { requireMediaTools } from '../../worker/testing/media';
import type { MediaTools } from '../../worker/media/tools';
import { Body } from '../../testing/s3/body';
import { Studio } from '../../worker/testing/studio';
import { median } from '../median';

const run = promisify(execFile);
const RUNS = 5;

/** What is uploaded: how ffmpeg makes it. */
interface FilmSpec {
  readonly name: string;
  readonly seconds: number;
  readonly size: string;
  readonly encoding: readonly string[];
}

const FILMS: readonly FilmSpec[] = [
  {
    name: 'as a telephone records it: 4K, HEVC, 10 bits',
    seconds: 5,
    size: '3840x2160',
    encoding: [
      '-pix_fmt',
      'yuv420p10le',
      '-c:v',
      'libx265',
      '-x265-params',
      'log-level=error',
      '-tag:v',
      'hvc1',
    ],
  },
  { name: '1080p, H.264', seconds: 5, size: '1920x1080', encoding: ['-c:v', 'libx264'] },
];

type Way = (film: Film) => Promise<void>;

interface Film {
  readonly studio: Studio;
  readonly tools: MediaTools;
  readonly file: string;
  readonly folder: string;
  readonly probe: Probe;
  readonly renditions: readonly Rendition[];
}

/** The processor as it is: download, probes, the one ffmpeg process, uploads, manifest, move. */
const processor: Way = async ({ studio, file }) => {
  await using p = await studio.start();
  await p.deliver(p.upload('uploads/film.mp4', Body.of(await readFile(file))));
};

/** The best single command line: the same outputs from one decode, and nothing else done. */
const oneCommand: Way = async ({ tools, file, folder, probe: source, renditions }) => {
  await run(tools.ffmpeg, movieArguments({ input: file, folder, probe: source, renditions, subtitles: [] }));
};

/** One ffmpeg after the other, a rendition each; the poster with the first. */
const inTurn: Way = async ({ tools, file, folder, probe: source, renditions }) => {
  for (const rendition of renditions) {
    await run(
      tools.ffmpeg,
      movieArguments({ input: file, folder, probe: source, renditions: [rendition], subtitles: [] }),
    );
  }
};

const WAYS: Readonly<Record<string, Way>> = {
  processor,
  'one command': oneCommand,
  'a command for each rendition': inTurn,
};

/** Measures the movie processor against bare command lines on the same films, in turn, and prints the medians. */
async function main(): Promise<void> {
  await using studio = await Studio.open();
  for (const spec of FILMS) await measure(studio, spec);
}

async function measure(
  studio: Studio,
  { name: what, seconds: length, size, encoding }: FilmSpec,
): Promise<void> {
  const tools = await requireMediaTools();
  const root = await mkdtemp(path.join(tmpdir(), 'upload-bench-'));
  try {
    const file = path.join(root, 'film.mp4');
    const picture = ['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=25:d=${length}`];
    const sound = ['-f', 'lavfi', '-i', `sine=d=${length}`];
    await run(tools.ffmpeg, [
      '-v',
      'error',
      ...picture,
      ...sound,
      '-vf',
      'noise=alls=6:allf=t',
      ...encoding,
      '-preset',
      'ultrafast',
      file,
    ]);
    const source = await probe(tools, file, new AbortController().signal);
    if (source.video === undefined) throw new Error('the film that was made has no picture');
    const film: Film = {
      studio,
      tools,
      file,
      folder: root,
      probe: source,
      renditions: planRenditions(source.video, false).renditions,
    };
    const seconds = new Map<string, number[]>(Object.keys(WAYS).map((name) => [name, []]));
    for (let i = 1; i <= RUNS; i += 1) {
      for (const [name, way] of Object.entries(WAYS)) {
        process.stderr.write(`movie, ${what}: run ${i} of ${RUNS}, ${name}\n`);
        const startedAt = performance.now();
        await way(film);
        seconds.get(name)?.push((performance.now() - startedAt) / 1000);
      }
    }
    process.stdout.write(
      `### a film of ${length} s (${what}), to 1080p and 720p (${QUALITY.codec} ${QUALITY.preset}, CRF ${QUALITY.crf})\n\n`,
    );
    process.stdout.write('| way | seconds | the processor takes |\n|---|---|---|\n');
    const ours = median(seconds.get('processor') ?? []);
    for (const [name, values] of seconds) {
      process.stdout.write(
        `| ${name} | ${median(values).toFixed(2)} | ${(ours / median(values)).toFixed(2)} × as long |\n`,
      );
    }
  } finally {
    await rm(root, { recursive: true });
  }
}

void main();
