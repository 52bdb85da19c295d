import { createHash, randomUUID } from 'node:crypto';
import { Body } from './body';

/** What S3 answers with instead of a result. */
export class S3Error extends Error {
  constructor(
    /** As documented in "Error responses" of the S3 API Reference, `NoSuchKey`. */
    readonly code: string,
    readonly status: number,
    message = code,
  ) {
    super(message);
  }
}

export interface ObjectVersion {
  readonly key: string;
  /** True for what a delete without a version leaves in a bucket with versions. */
  readonly isDeleteMarker: boolean;
  /** `null` in a bucket without versions. */
  readonly versionId: string;
  /** Without quotes. */
  readonly eTag: string;
  readonly sequencer: string;
  readonly modified: Date;
  readonly body: Body;
  /** Lower-case response headers that S3 keeps: content-type, cache-control... */
  readonly headers: Readonly<Record<string, string>>;
  /** User metadata, without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

export type NewObject = Pick<ObjectVersion, 'key' | 'body'> &
  Partial<Pick<ObjectVersion, 'eTag' | 'headers' | 'metadata' | 'tags'>>;

/** The conditions of a write; an ETag is compared without its quotes. */
export interface WriteCondition {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

/** S3 takes user metadata of up to 2 KB, names and values together. */
const MAX_METADATA = 2048;

/** S3 takes keys of up to so many bytes of UTF-8. */
const MAX_KEY = 1024;

/** A bucket in memory: versions (or none), conditional writes and deletes, sequencers that grow with each write. */
export class MemoryBucket {
  /** Newest version first. */
  readonly #objects = new Map<string, ObjectVersion[]>();
  #sequence = 0x10;
  /** Set by a test: the error that the delete of this key is answered with. */
  deleteFault: ((key: string) => S3Error | undefined) | undefined;

  constructor(
    readonly name: string,
    readonly versioned: boolean,
  ) {}

  /** Keys that have a current version, in the order of S3's lists: by the bytes of UTF-8. */
  get keys(): string[] {
    return [...this.#objects.keys()]
      .filter((key) => this.#current(key) !== undefined)
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  versions(key: string): readonly ObjectVersion[] {
    return this.#objects.get(key) ?? [];
  }

  /** @throws S3Error NoSuchKey or NoSuchVersion. */
  get(key: string, versionId?: string): ObjectVersion {
    const versions = this.versions(key);
    const found =
      versionId === undefined
        ? this.#current(key)
        : versions.find((version) => version.versionId === versionId);
    if (found === undefined) throw new S3Error(versionId === undefined ? 'NoSuchKey' : 'NoSuchVersion', 404);
    return found;
  }

  /** @throws S3Error PreconditionFailed, NoSuchKey (If-Match without an object) or MetadataTooLarge. */
  put(object: NewObject, condition: WriteCondition = {}): ObjectVersion {
    this.#check(object.key, condition);
    return this.#add(object, false);
  }

  #add(object: NewObject, isDeleteMarker: boolean): ObjectVersion {
    if (Buffer.byteLength(object.key) > MAX_KEY) throw new S3Error('KeyTooLongError', 400);
    const metadata = object.metadata ?? {};
    const metadataSize = Object.entries(metadata).flat().join('').length;
    if (metadataSize > MAX_METADATA) throw new S3Error('MetadataTooLarge', 400);
    this.#sequence += 1;
    const version: ObjectVersion = {
      headers: {},
      tags: {},
      eTag: eTagOf(object.body),
      ...object,
      metadata,
      isDeleteMarker,
      versionId: this.versioned ? randomUUID() : 'null',
      sequencer: this.#sequence.toString(16).toUpperCase(),
      modified: new Date(),
    };
    this.#objects.set(object.key, this.versioned ? [version, ...this.versions(object.key)] : [version]);
    return version;
  }

  /**
   * Deletes one version, or the object of a bucket without versions; nothing happens when it is not there. Without a
   * version, in a bucket with versions, it leaves a delete marker.
   *
   * @throws S3Error PreconditionFailed, NoSuchKey (If-Match without an object) or what the test wants
   */
  delete(key: string, versionId: string | undefined, ifMatch?: string): void {
    const fault = this.deleteFault?.(key);
    if (fault !== undefined) throw fault;
    if (ifMatch !== undefined) this.#check(key, { ifMatch });
    if (this.versioned && versionId === undefined) {
      this.#add({ key, body: Body.of('') }, true);
      return;
    }
    const rest = this.versions(key).filter((version) => version.versionId !== (versionId ?? 'null'));
    if (rest.length > 0) this.#objects.set(key, rest);
    else this.#objects.delete(key);
  }

  #current(key: string): ObjectVersion | undefined {
    const [current] = this.versions(key);
    return current?.isDeleteMarker === false ? current : undefined;
  }

  #check(key: string, { ifMatch, ifNoneMatch }: WriteCondition): void {
    const current = this.#current(key);
    if (ifNoneMatch === '*' && current !== undefined) throw new S3Error('PreconditionFailed', 412);
    if (ifMatch === undefined) return;
    if (current === undefined) throw new S3Error('NoSuchKey', 404);
    if (ifMatch.replaceAll('"', '') !== current.eTag) throw new S3Error('PreconditionFailed', 412);
  }
}

/** MD5 of the content; of a body of zeros, of its size, since nobody will read it all. */
function eTagOf(body: Body): string {
  const hash = createHash('md5');
  if (body.size > 1024 ** 3) hash.update(`${body.size} bytes`);
  else for (const chunk of body.chunks()) hash.update(chunk);
  return hash.digest('hex');
}
