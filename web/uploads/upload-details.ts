import { type Manifest, readManifest, readProgress } from './manifest';
import type { StoredObject, UploadStore } from './store';
import type { State } from './upload-list';

/** Manifests and the like are small; whatever is larger is not one. */
const MAX_JSON = 1024 ** 2;

/** One upload, with all that was made of it. */
export interface UploadDetails {
  readonly name: string;
  readonly state: State;
  /** Of the upload that waits, else of the result. */
  readonly size: number;
  readonly modified: Date;
  /** Percent of the work that is done, while a worker says so. */
  readonly progress: number | undefined;
  /** Whether the moved upload itself can be downloaded. */
  readonly moved: boolean;
  readonly manifest: Manifest | undefined;
  /** What the names of the manifest's files begin with. */
  readonly resultsPrefix: string;
}

/** Undefined when there is no such upload. */
export async function findUpload(store: UploadStore, name: string): Promise<UploadDetails | undefined> {
  const [waiting, processed, manifest, progress] = await Promise.all([
    store.find('uploads', name),
    store.find('processed', name),
    store.read(`${name}/manifest.json`, MAX_JSON),
    store.read(`${name}/progress.json`, MAX_JSON),
  ]);
  const shown: StoredObject | undefined = waiting ?? processed;
  if (shown === undefined) return undefined;
  const percent = progress === undefined ? undefined : readProgress(progress);
  const made = manifest === undefined ? undefined : readManifest(manifest);
  const resultsPrefix = store.nameOf(made?.prefix ?? '');
  // A manifest only ever speaks of results of its own upload.
  const own = resultsPrefix?.startsWith(`${name}/`) === true;
  return {
    ...shown,
    state: percent !== undefined ? 'working' : waiting === undefined ? 'processed' : 'waiting',
    progress: percent,
    moved: processed !== undefined,
    manifest: own ? made : undefined,
    resultsPrefix: own ? resultsPrefix : '',
  };
}
