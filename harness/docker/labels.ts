/** What Testcontainers puts on all it makes. */
const testcontainersLabel = 'org.testcontainers';

/** Which lab something in Docker belongs to. */
export const labLabel = 'upload-pipeline.lab';

/** Which process keeps that lab. @see ownerName */
export const ownerLabel = 'upload-pipeline.owner';

/** The labels of everything that a lab makes in Docker. */
export function labelsOf(lab: string, owner: string): Record<string, string> {
  return { [testcontainersLabel]: 'true', [labLabel]: lab, [ownerLabel]: owner };
}
