import { type Listing, type StoredObject, type UploadStore } from './store';

/** How many objects of each side a page looks at. */
const PAGE_KEYS = 300;

export type State = 'waiting' | 'working' | 'processed';

/** One upload in the list. */
export interface UploadSummary {
  readonly name: string;
  readonly state: State;
  readonly size: number;
  readonly modified: Date;
  /** Name of the poster or thumbnail. */
  readonly picture: string | undefined;
}

/** A page of the list, in the order of names: the newest of the site's own uploads first. */
export interface UploadPage {
  readonly uploads: readonly UploadSummary[];
  /** Where the next page begins; undefined on the last one. */
  readonly next: string | undefined;
}

/** What a worker makes of `x` lies under `x/`: the manifest, the progress, and the folder of an attempt at a version's results. */
const DERIVED = /^(.+)\/(?:manifest\.json|progress\.json|[0-9a-f]{12}(?:-[0-9a-f]{8})?\/[^/]+)$/su;
const PICTURE = /\/(?:poster|thumbnail)\.jpg$/u;

/**
 * One page of all uploads.
 *
 * @param after only names behind this one: `next` of the page before
 */
export async function listUploads(store: UploadStore, after: string): Promise<UploadPage> {
  const [waiting, processed] = await Promise.all([
    store.list('uploads', PAGE_KEYS, { after }),
    store.list('processed', PAGE_KEYS, { after }),
  ]);
  const end = firstCut([waiting, processed]);
  const inPage = ({ name }: StoredObject): boolean => end === undefined || isBefore(name, end);
  return {
    uploads: summarize(waiting.objects.filter(inPage), processed.objects.filter(inPage)),
    next: end === undefined ? undefined : lastBefore(end, [waiting, processed]),
  };
}

function summarize(waiting: readonly StoredObject[], processed: readonly StoredObject[]): UploadSummary[] {
  const uploads = new Map<string, UploadSummary>();
  const known = new Set([...waiting, ...processed].map(({ name }) => name));
  const derivedFrom = (name: string): string | undefined => {
    const source = DERIVED.exec(name)?.[1];
    return source !== undefined && known.has(source) ? source : undefined;
  };
  for (const object of processed) {
    if (derivedFrom(object.name) === undefined)
      uploads.set(object.name, { ...object, state: 'processed', picture: undefined });
  }
  // An upload of a name that was processed before waits again.
  for (const object of waiting) uploads.set(object.name, { ...object, state: 'waiting', picture: undefined });
  for (const { name } of processed) {
    const source = uploads.get(derivedFrom(name) ?? '');
    if (source === undefined) continue;
    if (PICTURE.test(name)) uploads.set(source.name, { ...source, picture: name });
    if (name.endsWith('/progress.json')) uploads.set(source.name, { ...source, state: 'working' });
  }
  return [...uploads.values()].sort((a, b) => (isBefore(a.name, b.name) ? -1 : 1));
}

/**
 * Where a page has to end, because a listing behind it is not complete: before the last upload that was seen, some of
 * whose results may be missing. Undefined when all was seen.
 */
function firstCut(listings: readonly Listing[]): string | undefined {
  const cuts = listings.flatMap(({ objects, truncated }) => {
    const [first, last] = [objects[0]?.name, objects.at(-1)?.name];
    if (!truncated || first === undefined || last === undefined) return [];
    const source = DERIVED.exec(last)?.[1];
    return [source !== undefined && isBefore(first, source) ? source : last];
  });
  return cuts.sort((a, b) => (isBefore(a, b) ? -1 : 1))[0];
}

function lastBefore(end: string, listings: readonly Listing[]): string | undefined {
  const names = listings.flatMap(({ objects }) => objects.map(({ name }) => name));
  return names.filter((name) => isBefore(name, end)).sort((a, b) => (isBefore(a, b) ? 1 : -1))[0];
}

/** In the order of S3's lists: by the bytes of UTF-8. */
function isBefore(a: string, b: string): boolean {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
}
