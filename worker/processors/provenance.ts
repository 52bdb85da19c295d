import { compareSequencers } from '../events/sequencer';
import type { Upload } from '../events/upload';

/** Name of the user metadata (without `x-amz-meta-`) that says which version of which upload an object was made from. */
export const PROVENANCE = 'upload-source';

/** Which version of an upload an object was made from; bucket and key are the same for all that is compared. */
export interface Provenance {
  /** versionId, or eTag where the bucket is not versioned. */
  readonly version: string;
  readonly sequencer: string | undefined;
}

export function provenanceOf(upload: Upload): Provenance {
  return { version: upload.versionId ?? upload.eTag, sequencer: upload.sequencer };
}

/** As the value of the metadata `upload-source`: the version, then the sequencer where there is one. */
export function formatProvenance({ version, sequencer }: Provenance): string {
  return sequencer === undefined ? version : `${version} ${sequencer}`;
}

/** Undefined when the object does not say where it comes from. */
export function readProvenance(
  metadata: Readonly<Record<string, string>> | undefined,
): Provenance | undefined {
  const [version, sequencer] = metadata?.[PROVENANCE]?.split(' ') ?? [];
  return version === undefined ? undefined : { version, sequencer };
}

/**
 * How an upload relates to what its result was last made from: `same` (a duplicate), `older` (superseded) or `newer`.
 * Where the sequencers do not tell, the one that comes now counts as newer.
 */
export function relate(upload: Provenance, made: Provenance | undefined): 'newer' | 'same' | 'older' {
  if (made === undefined) return 'newer';
  const order =
    upload.sequencer === undefined || made.sequencer === undefined
      ? 0
      : compareSequencers(upload.sequencer, made.sequencer);
  if (order !== 0) return order > 0 ? 'newer' : 'older';
  return upload.version === made.version ? 'same' : 'newer';
}
