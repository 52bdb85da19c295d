import * as z from 'zod';

/** A file's own name, as in the manifest; it is appended to the manifest's prefix. */
const fileName = z.string().regex(/^[\w.-]+$/u);
const size = z.number().nonnegative();

/**
 * What the worker says of the results it made: `<name>/manifest.json`. The one thing that site and worker have in common;
 * fields that the site does not show are left out.
 */
const manifest = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('movie'),
    prefix: z.string(),
    durationSeconds: size,
    renditions: z.array(z.object({ name: z.string(), width: size, height: size, file: fileName })),
    subtitles: z.array(z.object({ language: z.string().regex(/^[a-z]{2,3}$/u), file: fileName })),
    playlist: fileName,
    poster: fileName,
    skipped: z.array(z.object({ what: z.string(), why: z.string() })).default([]),
  }),
  z.object({
    kind: z.literal('image'),
    prefix: z.string(),
    width: size,
    height: size,
    thumbnail: z.object({ file: fileName }),
  }),
]);

export type Manifest = z.infer<typeof manifest>;
export type Movie = Extract<Manifest, { kind: 'movie' }>;

/** Undefined when the text is no manifest, or one of results that this site does not know. */
export function readManifest(text: string): Manifest | undefined {
  return readAs(manifest, text);
}

/** Percent done, of `<name>/progress.json`; undefined when the text is something else. */
export function readProgress(text: string): number | undefined {
  return readAs(z.object({ percent: z.number().min(0).max(100) }), text)?.percent;
}

function readAs<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}
