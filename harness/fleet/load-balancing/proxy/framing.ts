/** Where the body of an HTTP/1.1 message ends. Source: RFC 9112, section 6.3. */
export interface Framing {
  /** Whether the end of the body has been seen. */
  readonly done: boolean;
  /**
   * Reads on: how many bytes from `offset` belong to the body.
   *
   * @throws MalformedBody when they are no body.
   */
  take(chunk: Buffer, offset: number): number;
  /** What the last `take` read as content, without the framing; the same bytes where there is none. */
  content(chunk: Buffer, offset: number): Buffer[];
}

/** A body that breaks the rules of its framing. */
export class MalformedBody extends Error {}

/** No body at all. */
export const noBody: Framing = { done: true, take: () => 0, content: () => [] };

/** A body of a known length. */
export class LengthFraming implements Framing {
  constructor(private left: number) {}

  get done(): boolean {
    return this.left === 0;
  }

  take(chunk: Buffer, offset: number): number {
    const taken = Math.min(this.left, chunk.length - offset);
    this.left -= taken;
    return taken;
  }

  content(chunk: Buffer, offset: number): Buffer[] {
    return [chunk.subarray(offset, offset + this.take(chunk, offset))];
  }
}

/** A body that ends with its connection. */
export class UntilCloseFraming implements Framing {
  readonly done = false;

  take(chunk: Buffer, offset: number): number {
    return chunk.length - offset;
  }

  content(chunk: Buffer, offset: number): Buffer[] {
    return [chunk.subarray(offset)];
  }
}

const lineFeed = 0x0a;

/** Longest line of a chunk's size with its extensions, or of a trailer. */
const longestLine = 16_384;

/** A chunked body. Source: RFC 9112, section 7.1. */
export class ChunkedFraming implements Framing {
  private state: 'size' | 'data' | 'data end' | 'trailer' | 'done' = 'size';
  private line = '';
  private left = 0;

  get done(): boolean {
    return this.state === 'done';
  }

  take(chunk: Buffer, offset: number): number {
    return this.read(chunk, offset, undefined);
  }

  content(chunk: Buffer, offset: number): Buffer[] {
    const parts: Buffer[] = [];
    this.read(chunk, offset, parts);
    return parts;
  }

  private read(chunk: Buffer, offset: number, parts: Buffer[] | undefined): number {
    let at = offset;
    while (at < chunk.length && this.state !== 'done') {
      if (this.state === 'data') {
        const taken = Math.min(this.left, chunk.length - at);
        parts?.push(chunk.subarray(at, at + taken));
        at += taken;
        this.left -= taken;
        if (this.left === 0) {
          this.state = 'data end';
        }
      } else {
        at = this.readLine(chunk, at);
      }
    }
    return at - offset;
  }

  private readLine(chunk: Buffer, at: number): number {
    const end = chunk.indexOf(lineFeed, at);
    this.line += chunk.toString('latin1', at, end === -1 ? chunk.length : end);
    if (this.line.length > longestLine) {
      throw new MalformedBody('a line of the chunked body is too long');
    }
    if (end === -1) {
      return chunk.length;
    }
    const line = this.line.endsWith('\r') ? this.line.slice(0, -1) : this.line;
    this.line = '';
    this.endLine(line);
    return end + 1;
  }

  private endLine(line: string): void {
    if (this.state === 'data end') {
      if (line !== '') {
        throw new MalformedBody('a chunk is longer than it says');
      }
      this.state = 'size';
    } else if (this.state === 'size') {
      const size = /^([0-9a-f]{1,12})[ \t]*(;.*)?$/i.exec(line)?.[1];
      if (size === undefined) {
        throw new MalformedBody(`'${line.slice(0, 20)}' is no size of a chunk`);
      }
      this.left = Number.parseInt(size, 16);
      this.state = this.left === 0 ? 'trailer' : 'data';
    } else if (line === '') {
      this.state = 'done';
    }
  }
}
