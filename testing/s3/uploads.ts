import { createHash, randomUUID } from 'node:crypto';
import { Body } from './body';
import { S3Error, type NewObject } from './bucket';

/** Every part but the last has at least 5 MiB, and none more than 5 GiB. */
const MIN_PART = 5 * 1024 ** 2;
const MAX_PART = 5 * 1024 ** 3;

interface Upload {
  readonly target: Omit<NewObject, 'body'>;
  readonly parts: Map<number, { readonly body: Body; readonly eTag: string }>;
}

/** Multipart uploads under way. */
export class Uploads {
  readonly #open = new Map<string, Upload>();

  get open(): number {
    return this.#open.size;
  }

  begin(target: Omit<NewObject, 'body'>): string {
    const id = randomUUID();
    this.#open.set(id, { target, parts: new Map() });
    return id;
  }

  /** Returns the part's ETag. */
  putPart(id: string, number: number, body: Body): string {
    if (body.size > MAX_PART) throw new S3Error('EntityTooLarge', 400);
    const eTag = createHash('md5').update(`${number} ${body.size}`).digest('hex');
    this.#find(id).parts.set(number, { body, eTag });
    return eTag;
  }

  /** What the parts make together; the upload stays open until it is ended. */
  assemble(id: string, numbers: readonly number[]): NewObject {
    const { target, parts } = this.#find(id);
    const chosen = numbers.map((number) => {
      const part = parts.get(number);
      if (part === undefined) throw new S3Error('InvalidPart', 400);
      return part;
    });
    if (chosen.slice(0, -1).some(({ body }) => body.size < MIN_PART))
      throw new S3Error('EntityTooSmall', 400);
    const hash = createHash('md5');
    for (const { eTag } of chosen) hash.update(eTag);
    return {
      ...target,
      body: Body.concat(chosen.map(({ body }) => body)),
      eTag: `${hash.digest('hex')}-${chosen.length}`,
    };
  }

  end(id: string): void {
    this.#find(id);
    this.#open.delete(id);
  }

  #find(id: string): Upload {
    const upload = this.#open.get(id);
    if (upload === undefined) throw new S3Error('NoSuchUpload', 404);
    return upload;
  }
}
