/** One version of an uploaded object, as an S3 event record names it. */
export interface Upload {
  readonly bucket: string;
  /** The object's key, decoded. Untrusted: it may hold `../`, control characters, anything; never a local path. */
  readonly key: string;
  /** Absent when the bucket is not versioned. */
  readonly versionId: string | undefined;
  /** Without quotes, as in the event. */
  readonly eTag: string;
  /** Bytes. */
  readonly size: number;
  /** Orders events of the same key; absent in some emulators' events. */
  readonly sequencer: string | undefined;
  /** `ObjectCreated:Put`, `:Post`, `:Copy` or `:CompleteMultipartUpload`. */
  readonly eventName: string;
}

/** What a queue message asks for: nothing (`s3:TestEvent`), or work on each of its uploads. */
export type Task =
  | { readonly kind: 'test-event'; readonly bucket: string }
  | { readonly kind: 'uploads'; readonly uploads: readonly Upload[] };

/**
 * True for the empty objects that consoles make for folders.
 *
 * They are acknowledged and left alone.
 */
export function isFolderMarker(upload: Upload): boolean {
  return upload.size === 0 && upload.key.endsWith('/');
}
