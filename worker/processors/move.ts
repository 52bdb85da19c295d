import type { S3Client } from '@aws-sdk/client-s3';
import type { Upload } from '../events/upload';
import { copyObject, type CopyOptions } from '../objects/copy';
import { isConflict, isMetadataTooLarge, isMissing } from '../objects/errors';
import { deleteUpload, findUpload, headObject } from '../objects/versions';
import { NonRetryableError } from '../queue/errors';
import { processedKey, type Prefixes } from './keys';
import type { Processor, ProcessorContext } from './processor';
import { formatProvenance, PROVENANCE, provenanceOf, readProvenance, relate } from './provenance';

/** How often a move looks again at once when something changed meanwhile, before it leaves that to a redelivery. */
const MAX_ATTEMPTS = 5;

export interface MoveOptions extends Prefixes {
  readonly s3: S3Client;
  readonly copy?: CopyOptions;
}

/**
 * Moves any upload from `uploads/x` to `processed/x`, inside S3.
 *
 * The result carries in its metadata (`upload-source`) the version it was made from, and is only written on the
 * condition that it did not change since it was looked at: after any number and order of deliveries, by any number of
 * workers, `processed/x` holds the newest version.
 */
export function moveProcessor({ s3, copy, ...prefixes }: MoveOptions): Processor {
  return {
    name: 'move',
    accepts: () => true,
    async process(upload, context) {
      const key = processedKey(upload, prefixes);
      for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts += 1) {
        if (await attempt(upload, key, context)) return;
      }
      throw new Error(`${upload.key} or ${key} changed ${MAX_ATTEMPTS} times while being moved`);
    },
  };

  /** False when something changed meanwhile and it must be looked at again. */
  async function attempt(upload: Upload, key: string, { signal, tell }: ProcessorContext): Promise<boolean> {
    const [source, result] = await Promise.all([
      findUpload(s3, upload, signal),
      headObject(s3, upload.bucket, key, signal),
    ]);
    const relationTo = (head: typeof result) => relate(provenanceOf(upload), readProvenance(head?.Metadata));
    const relation = relationTo(result);

    if (source.state === 'replaced') {
      tell(`Superseded: ${upload.key} was overwritten; the newer upload has a message of its own`);
      return true;
    }
    if (source.state === 'gone') {
      // Another worker may have written the result after it was looked at here, and deleted the source before that was.
      if (relation === 'newer' && relationTo(await headObject(s3, upload.bucket, key, signal)) === 'newer')
        throw new NonRetryableError(`${upload.key} was deleted before it could be processed`);
      tell(`Already moved to: ${key}`);
      return true;
    }
    if (relation === 'newer') {
      const copied = await tryCopy(
        { ...upload, head: source.head },
        {
          bucket: upload.bucket,
          key,
          replaces: result?.ETag,
          metadata: { [PROVENANCE]: formatProvenance(provenanceOf(upload)) },
        },
        signal,
      );
      if (!copied) return false;
    }
    await deleteUpload(s3, upload, signal);
    tell(relation === 'older' ? `Superseded: ${key} already holds a newer version` : `Moved to: ${key}`);
    return true;
  }

  async function tryCopy(...[source, destination, signal]: CopyArguments): Promise<boolean> {
    try {
      await copyObject(s3, source, destination, signal, copy);
      return true;
    } catch (error) {
      if (isConflict(error) || isMissing(error)) return false;
      if (isMetadataTooLarge(error)) {
        throw new NonRetryableError(
          `${source.key}: its metadata leaves no room in S3's 2 KB for ${PROVENANCE}`,
          { cause: error },
        );
      }
      throw error;
    }
  }
}

type CopyArguments = [
  source: Parameters<typeof copyObject>[1],
  destination: Parameters<typeof copyObject>[2],
  signal: AbortSignal,
];
