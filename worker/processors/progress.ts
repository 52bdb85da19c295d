import { DeleteObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/** Progress is told when it has grown by as much, in percent. */
const STEP = 10;

/**
 * Tells how far the work on an upload is, in steps: as a line of the story, and as a small object beside the results
 * (`{"percent": 40}`) that a page can poll until the manifest is there.
 */
export class Progress {
  #told = 0;
  #published: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly s3: S3Client,
    private readonly target: { readonly Bucket: string; readonly Key: string },
    private readonly tell: (percent: number) => void,
    /** Told when it cannot be published; the work goes on. */
    private readonly failed: (error: unknown) => void,
  ) {}

  /** @param percent from 0 to 100 */
  report(percent: number): void {
    if (percent < this.#told + STEP) return;
    this.#told = STEP * Math.floor(percent / STEP);
    const step = this.#told;
    this.tell(step);
    const object = {
      ...this.target,
      Body: JSON.stringify({ percent: step }),
      ContentType: 'application/json',
    };
    this.#then(() => this.s3.send(new PutObjectCommand({ ...object, CacheControl: 'no-store' })));
  }

  /** Takes the object away, whether the work succeeded or not. Called again, it tries again what failed. */
  async end(): Promise<void> {
    if (this.#told === 0) return;
    this.#then(async () => {
      await this.s3.send(new DeleteObjectCommand(this.target));
      this.#told = 0;
    });
    await this.#published;
  }

  #then(call: () => Promise<unknown>): void {
    this.#published = this.#published.then(call).catch(this.failed);
  }
}
