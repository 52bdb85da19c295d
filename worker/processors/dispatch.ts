import { decodeTask } from '../events/decode';
import { isFolderMarker, type Upload } from '../events/upload';
import { ConsumerStoppedError, NonRetryableError, reasonOf } from '../queue/errors';
import type { Handler } from '../queue/options';
import type { Processor, ProcessorContext } from './processor';
import { ownersOf } from './results';

export interface DispatchOptions {
  readonly bucket: string;
  /** Only uploads under this prefix are processed, whatever the notification's filter lets through. */
  readonly uploadsPrefix: string;
  readonly processors: readonly Processor[];
  readonly tell: (line: string) => void;
}

/**
 * Makes the queue handler: decodes the message and gives each of its uploads to the first processor that accepts it.
 *
 * Every record is handled, also after one failed. The message is done when all succeeded; on a retry, a processor finds
 * the effects of those that did and leaves them.
 */
export function dispatchTo(options: DispatchOptions): Handler {
  return async (message, { signal, stopping }) => {
    const task = decodeTask(message.body);
    if (task.kind === 'test-event') return;
    const context: ProcessorContext = { signal, stopping, tell: options.tell };
    const errors: unknown[] = [];
    for (const upload of task.uploads) {
      try {
        signal.throwIfAborted();
        await processUpload(upload, options, context);
      } catch (error) {
        if (signal.aborted || error instanceof ConsumerStoppedError) throw error;
        errors.push(error);
      }
    }
    if (errors.length > 0) throw combined(errors);
  };
}

async function processUpload(
  upload: Upload,
  options: DispatchOptions,
  context: ProcessorContext,
): Promise<void> {
  const { bucket, uploadsPrefix, processors, tell } = options;
  if (upload.bucket !== bucket) {
    throw new NonRetryableError(
      `${upload.key} is in bucket ${upload.bucket}; this worker serves ${bucket} only`,
    );
  }
  if (!upload.key.startsWith(uploadsPrefix)) {
    throw new NonRetryableError(
      `${upload.key} is not under ${uploadsPrefix}: check the filter of the notification`,
    );
  }
  if (isFolderMarker(upload)) return;
  const processorFor = (key: string): Processor | undefined =>
    processors.find(({ accepts }) => accepts({ ...upload, key }));
  // It would be taken for a result there, and the manifest's place in the order of versions is that of another key.
  const owner = ownersOf(upload.key).find(
    (key) => key.length > uploadsPrefix.length && processorFor(key)?.makesResults === true,
  );
  if (owner !== undefined)
    throw new NonRetryableError(
      `${upload.key} would lie among the results of ${owner}: give it another name`,
    );
  const processor = processorFor(upload.key);
  if (processor === undefined) throw new NonRetryableError(`no processor accepts ${upload.key}`);
  tell(`Processing: ${upload.key}`);
  await processor.process(upload, context);
}

/** A retry is worth it as long as one of the failures may pass. */
function combined(errors: readonly unknown[]): unknown {
  if (errors.length === 1) return errors[0];
  const reasons = errors.map(reasonOf).join('; ');
  const text = `${errors.length} records failed: ${reasons}`;
  return errors.every((error) => error instanceof NonRetryableError)
    ? new NonRetryableError(text)
    : new AggregateError(errors, text);
}
