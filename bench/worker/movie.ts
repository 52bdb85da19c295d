import { execFile, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { NODE_ENVIRONMENT, NODE_FLAGS } from '../../worker/bundle/node-flags';
import { movieArguments, QUALITY } from '../../worker/media/command';
import { probe, type Probe } from '../../worker/media/probe';
import { planRenditions, type Rendition } from '../../worker/media/renditions';
import type { MediaTools } from '../../worker/media/tools';
import { requireMediaTools } from '../../worker/testing/media';
import { uploadOf } from '../../worker/testing/processing';
import { Body } from '../../testing/s3/body';
import { S3Server } from '../../testing/s3/server';
import { median } from '../median';
import { say, table } from '../table';
import { bundled } from './bundled';
import type { MovieOrder } from './movie-child';

const run = promisify(execFile);
/**
 * What is uploaded: as a telephone records it. Decoding it is dear, which is what a single decode saves; the one of 1080p in
 * H.264 decodes at a tenth of what its renditions cost, so that nothing could save much there.
 */
const FILM = { name: '4K, HEVC, 10 bits', seconds: 10, size: '3840x2160' };
const ENCODING = ['-pix_fmt', 'yuv420p10le', '-c:v', 'libx265', '-x265-params', 'log-level=error'];

type Way = (film: Film) => Promise<void>;

interface Film {
  readonly worker: Worker;
  readonly tools: MediaTools;
  readonly file: string;
  readonly folder: string;
  readonly probe: Probe;
  readonly renditions: readonly Rendition[];
}

/** The processor as it is: download, probes, the one ffmpeg process, uploads, manifest, move. */
const processor: Way = ({ worker }) => worker.process();

/** The best single command line: the same outputs from one decode, and nothing else done. */
const oneCommand: Way = async ({ tools, file, folder, probe: source, renditions }) => {
  await run(tools.ffmpeg, movieArguments({ input: file, folder, probe: source, renditions, subtitles: [] }));
};

/** One ffmpeg after the other, a rendition each, scaled from the source; each makes the poster, which costs next to nothing. */
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

/** A process that runs as the shipped worker does, and an S3 in this one that holds the film. */
class Worker implements AsyncDisposable {
  private constructor(
    private readonly s3: S3Server,
    private readonly film: Body,
    private readonly child: ChildProcess,
    private readonly ended: Promise<unknown>,
  ) {}

  static async start(film: string, scratch: string): Promise<Worker> {
    await using program = await bundled('movie-child.ts');
    const s3 = await S3Server.start();
    const order: MovieOrder = { s3Endpoint: s3.endpoint, scratch };
    const child = fork(program.file, [JSON.stringify(order)], {
      execArgv: [...NODE_FLAGS],
      env: { ...process.env, ...NODE_ENVIRONMENT },
    });
    const ended = once(child, 'exit');
    await once(child, 'message');
    return new Worker(s3, Body.of(await readFile(film)), child, ended);
  }

  /** Has the film processed in a bucket that is new. */
  async process(): Promise<void> {
    const bucket = this.s3.createBucket('bucket', { versioned: true });
    // With an ETag that is told nothing has to be hashed, which is not the worker's work.
    const film = bucket.put({ key: 'uploads/film.mp4', body: this.film, eTag: 'film' });
    this.child.send(uploadOf(bucket, film));
    const failed = this.ended.then(() => {
      throw new Error('the worker ended while it worked on the film: what it said of it is above');
    });
    await Promise.race([once(this.child, 'message'), failed]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.connected) this.child.disconnect();
    await this.ended;
    await this.s3[Symbol.asyncDispose]();
  }
}

async function makeFilm(tools: MediaTools, file: string): Promise<void> {
  const { seconds, size } = FILM;
  const picture = ['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=25:d=${seconds}`];
  const sound = ['-f', 'lavfi', '-i', `sine=d=${seconds}`];
  const encoding = [...ENCODING, '-tag:v', 'hvc1', '-preset', 'ultrafast'];
  await run(tools.ffmpeg, [
    ...['-v', 'error', ...picture, ...sound],
    ...['-vf', 'noise=alls=6:allf=t', ...encoding, file],
  ]);
}

/** Measures the movie processor against bare command lines on the same film, in turn. */
export async function benchMovie(runs: number): Promise<string> {
  const tools = await requireMediaTools();
  const folder = await mkdtemp(path.join(tmpdir(), 'upload-bench-'));
  try {
    const file = path.join(folder, 'film.mp4');
    say('movie: making the film');
    await makeFilm(tools, file);
    const source = await probe(tools, file, new AbortController().signal);
    if (source.video === undefined) throw new Error('the film that was made has no picture');
    const { renditions } = planRenditions(source.video, false);
    await using worker = await Worker.start(file, path.join(folder, 'scratch'));
    const film: Film = { worker, tools, file, folder, probe: source, renditions };
    const seconds = new Map<string, number[]>(Object.keys(WAYS).map((name) => [name, []]));
    for (let i = 1; i <= runs; i += 1) {
      for (const [name, way] of Object.entries(WAYS)) {
        say(`movie: run ${i} of ${runs}, ${name}`);
        const startedAt = performance.now();
        await way(film);
        seconds.get(name)?.push((performance.now() - startedAt) / 1000);
      }
    }
    const ours = median(seconds.get('processor') ?? []);
    const rows = [...seconds].map(([name, values]) => [
      name,
      median(values).toFixed(2),
      `${(ours / median(values)).toFixed(2)} × as long`,
    ]);
    const { codec, preset, crf } = QUALITY;
    const what = `${FILM.seconds} s of ${FILM.name}, to 1080p and 720p (${codec} ${preset}, CRF ${crf})`;
    return `### ${what}\n\n${table(['way', 'seconds', 'the processor takes'], rows)}`;
  } finally {
    await rm(folder, { recursive: true });
  }
}
