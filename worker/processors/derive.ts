import { createHash } from 'node:crypto';
import path from 'node:path';
import { DeleteObjectsCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import type { Upload } from '../events/upload';
import { isConflict, isMissing } from '../objects/errors';
import { downloadFile, uploadFile } from '../objects/files';
import { findUpload, headObject } from '../objects/versions';
import { NonRetryableError, reasonOf } from '../queue/errors';
import { processedKey, type Prefixes } from './keys';
import type { Limit } from './limit';
import type { Processor, ProcessorContext } from './processor';
import { Progress } from './progress';
import { formatProvenance, PROVENANCE, provenanceOf, readProvenance, relate } from './provenance';
import type { Scratch } from './scratch';

/** A result, as a file in the task's scratch folder. */
export interface DerivedFile {
  /** Relative to the folder; also the last part of its key. */
  readonly name: string;
  readonly contentType: string;
}

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
  /** Promises scratch space for results; without it they may take 32 MiB. @throws ScratchSpaceError when it is not there */
  readonly reserve: (bytes: number) => Promise<void>;
  /** Tells how far the work is, from 0 to 100. */
  readonly progress: (percent: number) => void;
}

/** Scratch space that every task gets beside its upload, in bytes: enough for small results. */
export const SMALL_RESULTS = 32 * 1024 ** 2;
/** What is appended to the key of an upload to name its results takes less than that, in bytes. */
const RESULT_NAME = 64;

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
 * For `uploads/a.mp4` the results are `processed/a.mp4/<id>/…`, where the id stands for the version, and
 * `processed/a.mp4/manifest.json` lists them. The manifest is written last, on the condition that it did not change
 * since it was looked at, so that it always names a complete set, of the newest version, whatever the duplicates and
 * their order; the set it named before is then deleted.
 */
export function derivingProcessor(options: DeriveOptions): Processor {
  const { s3, move } = options;
  return {
    name: options.name,
    accepts: options.accepts,
    async process(upload, context) {
      const base = processedKey(upload, options, RESULT_NAME);
      const { state } = await findUpload(s3, upload, context.signal);
      const current = await headObject(s3, upload.bucket, `${base}/manifest.json`, context.signal);
      const relation = relate(provenanceOf(upload), readProvenance(current?.Metadata));
      if (state === 'there' && relation === 'newer') {
        await options.limit.run(context.signal, () =>
          deriveAndPublish(options, upload, base, current?.ETag, context),
        );
      }
      await move.process(upload, context);
    },
  };
}

async function deriveAndPublish(
  options: DeriveOptions,
  upload: Upload,
  base: string,
  replaces: string | undefined,
  { signal, tell }: ProcessorContext,
): Promise<void> {
  const { s3, scratch, make } = options;
  if (upload.size === 0) throw new NonRetryableError(`${upload.key} is empty`);
  await using folder = await scratch.folder(upload.size + SMALL_RESULTS);
  const input = path.join(folder.path, 'input');
  await downloadFile(s3, upload, input, signal);
  const target = { Bucket: upload.bucket, Key: `${base}/progress.json` };
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
  const prefix = `${base}/${versionId(upload)}/`;
  const files: { key: string; contentType: string; size: number }[] = [];
  for (const { name, contentType } of derived.files) {
    const key = prefix + name;
    const size = await uploadFile(
      s3,
      { bucket: upload.bucket, key },
      path.join(folder.path, name),
      contentType,
      signal,
    );
    files.push({ key, contentType, size });
  }
  const source = {
    key: upload.key,
    version: provenanceOf(upload).version,
    eTag: upload.eTag,
    size: upload.size,
  };
  await publish(s3, upload, base, replaces, { source, prefix, ...derived.manifest, files }, signal);
  tell(`Made: ${files.length} files under ${prefix}`);
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

/** What of a manifest is read again. */
const manifestSchema = z.object({ prefix: z.string(), files: z.array(z.object({ key: z.string() })) });
type Manifest = Readonly<z.infer<typeof manifestSchema>>;

/** Writes the manifest, unless it changed meanwhile: the task is then tried again and looks anew. */
async function publish(
  s3: S3Client,
  upload: Upload,
  base: string,
  replaces: string | undefined,
  manifest: Manifest & Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<void> {
  const target = { Bucket: upload.bucket, Key: `${base}/manifest.json` };
  const previous = replaces === undefined ? undefined : await readManifest(s3, target, signal);
  try {
    await s3.send(
      new PutObjectCommand({
        ...target,
        Body: `${JSON.stringify(manifest, null, 2)}\n`,
        ContentType: 'application/json',
        Metadata: { [PROVENANCE]: formatProvenance(provenanceOf(upload)) },
        ...(replaces === undefined ? { IfNoneMatch: '*' } : { IfMatch: replaces }),
      }),
      { abortSignal: signal },
    );
  } catch (error) {
    if (!isConflict(error)) throw error;
    // What a duplicate of this task made has the same names; of another version it has not.
    await deleteSet(
      s3,
      { Bucket: upload.bucket, base },
      manifest,
      await readManifest(s3, target, signal),
      signal,
    );
    throw new Error(`${target.Key} changed while ${upload.key} was worked on`, { cause: error });
  }
  if (previous !== undefined)
    await deleteSet(s3, { Bucket: upload.bucket, base }, previous, manifest, signal);
}

/** S3 deletes so many objects in one call. Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
const MOST_DELETED = 1000;

/**
 * Deletes the files of one manifest that do not belong to the set of the one that counts. Only what can have been made
 * for this upload goes: a manifest may have been uploaded by someone, and name the results of others.
 */
async function deleteSet(
  s3: S3Client,
  { Bucket, base }: { readonly Bucket: string; readonly base: string },
  { files }: Manifest,
  current: Manifest | undefined,
  abortSignal: AbortSignal,
): Promise<void> {
  const stale = files.filter(
    ({ key }) => isMadeFor(base, key) && (current === undefined || !key.startsWith(current.prefix)),
  );
  for (let from = 0; from < stale.length; from += MOST_DELETED) {
    const Objects = stale.slice(from, from + MOST_DELETED).map(({ key }) => ({ Key: key }));
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }), { abortSignal });
  }
}

/** Whether a key lies in a folder that some version of the upload got. */
function isMadeFor(base: string, key: string): boolean {
  return key.startsWith(`${base}/`) && VERSION_FOLDER.test(key.slice(base.length + 1));
}

/** Undefined when there is none, or none of ours. */
async function readManifest(
  s3: S3Client,
  target: { readonly Bucket: string; readonly Key: string },
  abortSignal: AbortSignal,
): Promise<Manifest | undefined> {
  try {
    const { Body } = await s3.send(new GetObjectCommand(target), { abortSignal });
    return manifestSchema.safeParse(JSON.parse((await Body?.transformToString()) ?? '')).data;
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const VERSION_FOLDER = /^[0-9a-f]{12}\//u;

/** A short name for the version, in keys. */
function versionId(upload: Upload): string {
  return createHash('sha256')
    .update(formatProvenance(provenanceOf(upload)))
    .digest('hex')
    .slice(0, 12);
}
