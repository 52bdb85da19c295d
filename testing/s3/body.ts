/** What an object holds. A body of zeros takes no memory, whatever its size. */
export class Body {
  private constructor(
    readonly size: number,
    private readonly pieces: readonly (Buffer | number)[],
  ) {}

  static of(content: string | Uint8Array): Body {
    const buffer = Buffer.from(content);
    return new Body(buffer.byteLength, [buffer]);
  }

  static zeros(size: number): Body {
    return new Body(size, [size]);
  }

  static concat(bodies: readonly Body[]): Body {
    const size = bodies.reduce((sum, body) => sum + body.size, 0);
    return new Body(
      size,
      bodies.flatMap((body) => body.pieces),
    );
  }

  /** Bytes from `start` up to and without `end`. */
  slice(start: number, end: number): Body {
    const pieces: (Buffer | number)[] = [];
    let position = 0;
    for (const piece of this.pieces) {
      const size = sizeOf(piece);
      const from = Math.max(0, start - position);
      const to = Math.min(size, end - position);
      if (from < to) pieces.push(typeof piece === 'number' ? to - from : piece.subarray(from, to));
      position += size;
    }
    return new Body(Math.max(0, Math.min(end, this.size) - start), pieces);
  }

  /** The bytes, in chunks of at most 1 MiB. */
  *chunks(): Generator<Buffer> {
    const chunk = 1024 ** 2;
    for (const piece of this.pieces) {
      for (let at = 0; at < sizeOf(piece); at += chunk) {
        const end = Math.min(sizeOf(piece), at + chunk);
        yield typeof piece === 'number' ? Buffer.alloc(end - at) : piece.subarray(at, end);
      }
    }
  }

  toBuffer(): Buffer {
    return Buffer.concat([...this.chunks()]);
  }
}

function sizeOf(piece: Buffer | number): number {
  return typeof piece === 'number' ? piece : piece.byteLength;
}
