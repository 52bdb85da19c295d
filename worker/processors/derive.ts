import path from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Upload } from '../events/upload';
import { downloadFile } from '../objects/files';
import { findUpload } from '../objects/versions';
import { NonRetryableError, reasonOf } from '../queue/errors';
import { deleteLeftovers, newAttempt } from './attempts';
import type { Prefixes } from './keys';
import type { Limit } from './limit';
import { discard, manifestKey, publish, readManifest, type Manifest } from './manifest';
import type { Processor, ProcessorContext } from './processor';
import { Progress } from './progress';
import { provenanceOf, relate } from './provenance';
import { resultsOf, uploadResults, type DerivedFile, type ResultsOf } from './results';
import type { Scratch } from './scratch';

/** What was made of an upload. */
export interface Derived {
  readonly files: readonly DerivedFile[];
  /** What the manifest says beside source and files. */
  readonly manifest: Readonly<Record<string, unknown>>;
}

export interface DeriveWork {
  readonly upload: Upload;
  /** The upload's content. */
  readonly input: string;
  /** Where results go; the input is there as well. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Promises scratch space for results; without it they may take 32 MiB. Rejects as `ScratchFolder.reserve` does. */
  readonly reserve: (bytes: number) => Promise<void>;
  /** Tells how far the work is, from 0 to 100. */
  readonly progress: (percent: number) => void;
}

/** Scratch space that every task gets beside its upload, in bytes: enough for small results. */
export const SMALL_RESULTS = 32 * 1024 ** 2;
/** How often a manifest is looked at again when it changed, before the task is left to a redelivery. */
const MAX_ATTEMPTS = 5;

export interface DeriveOptions extends Prefixes {
  readonly name: string;
  readonly s3: S3Client;
  readonly scratch: Scratch;
  /** How many uploads are worked on at a time. */
  readonly limit: Limit;
  readonly accepts: (upload: Upload) => boolean;
  /** @throws NonRetryableError when the upload can never be worked on */
  readonly make: (work: DeriveWork) => Promise<Derived>;
  /** Moves the upload itself, when its results are in place. */
  readonly move: Processor;
}

/**
 * A processor that makes files from an upload and then moves the upload.
 *
 * For `uploads/a.mp4` the results are `processed/a.mp4/<id>/…`, where the id stands for the version and this attempt at
 * it, and `processed/a.mp4/manifest.json` lists them. The manifest is written last, on the condition that it did not
 * change since it was looked at, so that it always names a complete set, of the newest version, whatever the duplicates
 * and their order. The set it named before is then deleted, and what other attempts at the version left.
 */
export function derivingProcessor(options: DeriveOptions): Processor {
  const { s3, move } = options;
  return {
    name: options.name,
    accepts: options.accepts,
    makesResults: true,
    async process(upload, context) {
      const { signal, stopping } = context;
      const results = resultsOf(upload, options);
      const first = await lookAt(s3, upload, results, signal);
      const published = first.isDue
        ? await options.limit.run([signal, stopping], async () => {
            // A duplicate may have had its turn before.
            const now = await lookAt(s3, upload, results, signal);
            return now.isDue ? deriveAndPublish(options, upload, results, context) : now.published;
          })
        : first.published;
      if (published !== undefined)
        await deleteLeftovers(s3, results, { source: provenanceOf(upload), published }, signal);
      await move.process(upload, context);
    },
  };
}

interface Looked {
  /** True when its results are to be made. */
  readonly isDue: boolean;
  /** The manifest of the results that are there, when they are of this version or a newer one. */
  readonly published: Manifest | undefined;
}

async function lookAt(
  s3: S3Client,
  upload: Upload,
  results: ResultsOf,
  signal: AbortSignal,
): Promise<Looked> {
  const { state } = await findUpload(s3, upload, signal);
  const current = await readManifest(s3, results, signal);
  const isNewer = relate(provenanceOf(upload), current?.source) === 'newer';
  return { isDue: state === 'there' && isNewer, published: isNewer ? undefined : current?.content };
}

/** @returns the manifest of what was made */
async function deriveAndPublish(
  options: DeriveOptions,
  upload: Upload,
  results: ResultsOf,
  { signal, tell }: ProcessorContext,
): Promise<Manifest> {
  const { s3, scratch, make } = options;
  const { bucket, base } = results;
  if (upload.size === 0) throw new NonRetryableError(`${upload.key} is empty`);
  await using folder = await named(upload, () => scratch.folder(upload.size + SMALL_RESULTS));
  const input = path.join(folder.path, 'input');
  await downloadFile(s3, upload, input, signal);
  const target = { Bucket: bucket, Key: `${base}/progress.json` };
  const progress = new Progress(
    s3,
    target,
    (percent) => {
      tell(`Progress: ${upload.key} ${percent} %`);
    },
    (error) => {
      tell(`Progress of ${upload.key} cannot be published: ${reasonOf(error)}`);
    },
  );
  const work: DeriveWork = {
    upload,
    input,
    folder: folder.path,
    signal,
    reserve: folder.reserve,
    progress: (percent) => {
      progress.report(percent);
    },
  };
  const derived = await named(upload, () => make(work)).finally(() => progress.end());
  const prefix = newAttempt(results, provenanceOf(upload));
  const files = await uploadResults(s3, { bucket, prefix }, folder.path, derived.files, signal);
  const source = {
    key: upload.key,
    version: provenanceOf(upload).version,
    eTag: upload.eTag,
    size: upload.size,
  };
  const manifest = { source, prefix, ...derived.manifest, files };
  const published = await publishNewest(s3, upload, results, manifest, signal);
  tell(`Made: ${files.length} files under ${prefix}`);
  // What is left of it would say for ever that the upload is worked on.
  await progress.end();
  return published;
}

/** Errors that end in the dead-letter queue name the file. */
async function named<T>(upload: Upload, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NonRetryableError)
      throw new NonRetryableError(`${upload.key}: ${error.message}`, { cause: error });
    throw error;
  }
}

/**
 * Puts the manifest in the place of one of an older version, as often as that changes meanwhile.
 *
 * @returns it, with the folder that it took the place of
 * @throws Error when one of this version or a newer one is there: the task is then tried again and looks anew
 */
async function publishNewest(
  s3: S3Client,
  upload: Upload,
  results: ResultsOf,
  manifest: Manifest,
  signal: AbortSignal,
): Promise<Manifest> {
  const source = provenanceOf(upload);
  for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts += 1) {
    const replaces = await readManifest(s3, results, signal);
    if (relate(source, replaces?.source) !== 'newer') break;
    // Should the task end before that is deleted, the next one knows of it.
    const published = { ...manifest, replaced: replaces?.content?.prefix };
    if (await publish(s3, results, { manifest: published, source, replaces }, signal)) return published;
  }
  await discard(s3, results, manifest, signal);
  throw new Error(`${manifestKey(results)} changed while ${upload.key} was worked on`);
}
