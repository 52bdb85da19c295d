import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { inlineType } from './content-type';
import { newUploadId } from './upload-id';

/** How long a form may be sent after its page was made, in seconds. */
const FORM_SECONDS = 3600;
/** How long a link to a result works, in seconds: longer than most movies, since players ask for them piece by piece. */
const LINK_SECONDS = 4 * 3600;

/** Where to look: what waits for a worker, or what workers made. */
export type Side = 'uploads' | 'processed';

/** An object of the bucket. Its name is its key without the side's prefix: the same on both sides. */
export interface StoredObject {
  readonly name: string;
  readonly size: number;
  readonly modified: Date;
}

/** Objects in the order of their names. */
export interface Listing {
  readonly objects: readonly StoredObject[];
  /** Whether there are more behind the last one. */
  readonly truncated: boolean;
}

/** An HTML form's target and hidden fields: whoever has them may upload one file. */
export interface UploadForm {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface UploadStoreOptions {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly uploadsPrefix: string;
  readonly processedPrefix: string;
  readonly maxUploadBytes: number;
}

/**
 * The bucket, as the site may use it: list both sides, read results, and sign for a browser that then talks to S3 itself.
 * Names are other people's text; they are only ever part of a key.
 */
export class UploadStore {
  constructor(private readonly options: UploadStoreOptions) {}

  /**
   * Objects whose names begin with `prefix`.
   *
   * @param after only names behind this one
   */
  async list(side: Side, limit: number, { prefix = '', after = '' } = {}): Promise<Listing> {
    const folder = this.options[`${side}Prefix`];
    const { Contents = [], IsTruncated = false } = await this.options.s3.send(
      new ListObjectsV2Command({
        Bucket: this.options.bucket,
        Prefix: folder + prefix,
        MaxKeys: limit,
        // Keys may hold characters that XML cannot.
        EncodingType: 'url',
        ...(after === '' ? {} : { StartAfter: folder + after }),
      }),
    );
    const objects = Contents.map(({ Key = '', Size = 0, LastModified = new Date(0) }) => ({
      name: decodeURIComponent(Key.replaceAll('+', ' ')).slice(folder.length),
      size: Size,
      modified: LastModified,
    }));
    return { objects, truncated: IsTruncated };
  }

  /**
   * One object, found by listing: the site may not look into uploads, and S3 answers 403 for a missing object to a role
   * that may list by prefix only.
   */
  async find(side: Side, name: string): Promise<StoredObject | undefined> {
    const { objects } = await this.list(side, 1, { prefix: name });
    return objects.find((object) => object.name === name);
  }

  /** The text of a result; undefined where there is none, or one of more than `limit` bytes. */
  async read(name: string, limit: number): Promise<string | undefined> {
    const there = await this.find('processed', name);
    if (there === undefined || there.size > limit) return undefined;
    try {
      const { Body } = await this.options.s3.send(
        new GetObjectCommand({ Bucket: this.options.bucket, Key: this.options.processedPrefix + name }),
      );
      return await Body?.transformToString();
    } catch (error) {
      // Progress and older results are deleted at any moment.
      if ((await this.find('processed', name)) === undefined) return undefined;
      throw error;
    }
  }

  /** The name of a result, by its key; undefined when it is none. */
  nameOf(key: string): string | undefined {
    const { processedPrefix } = this.options;
    return key.startsWith(processedPrefix) ? key.slice(processedPrefix.length) : undefined;
  }

  /** A link to a result, to look at where a browser can show such a file, else to download. */
  async link(name: string, { download }: { readonly download: boolean }): Promise<string> {
    const type = download ? undefined : inlineType(name);
    const fileName = name.slice(name.lastIndexOf('/') + 1);
    return getSignedUrl(
      this.options.s3,
      new GetObjectCommand({
        Bucket: this.options.bucket,
        Key: this.options.processedPrefix + name,
        ...(type === undefined
          ? { ResponseContentDisposition: `attachment; filename*=UTF-8''${encodeRfc8187(fileName)}` }
          : { ResponseContentDisposition: 'inline', ResponseContentType: type }),
      }),
      { expiresIn: LINK_SECONDS },
    );
  }

  /** Where browsers send forms and load results from. */
  async origin(): Promise<string> {
    return new URL((await this.form('http://localhost/')).url).origin;
  }

  /**
   * Signs for the upload of one file, under a key of its own.
   *
   * @param redirect where S3 sends the browser afterwards, with the key in the query
   */
  async form(redirect: string): Promise<UploadForm> {
    return createPresignedPost(this.options.s3, {
      Bucket: this.options.bucket,
      Key: `${this.options.uploadsPrefix}${newUploadId(new Date())}/\${filename}`,
      Fields: { success_action_redirect: redirect },
      Conditions: [['content-length-range', 1, this.options.maxUploadBytes]],
      Expires: FORM_SECONDS,
    });
  }
}

/** As RFC 8187 wants a file name in a header. */
function encodeRfc8187(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(
    /['()*]/gu,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
