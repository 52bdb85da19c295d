import type { Artifact, ArtifactBucket } from '../storage';
import type { Problem } from '../validation';

/** Where the Node comes from that the instances' programs run on. */
export interface NodeChoices {
  /** Path of the archive with Node, for both fleets. @default none: the AMI brings Node */
  readonly nodeArtifact?: string | undefined;
  /**
   * Version of Node in `nodeArtifact`, as `22.23.3`: instances whose AMI has just this one do not fetch it.
   *
   * @default none: it is always fetched
   */
  readonly nodeVersion?: string | undefined;
}

/** It goes into a shell script. */
export function nodeProblems({ nodeVersion }: NodeChoices): Problem[] {
  return nodeVersion === undefined || /^\d+\.\d+\.\d+$/.test(nodeVersion)
    ? []
    : [{ field: 'nodeVersion', given: nodeVersion, allowed: 'it must be a version of Node, as 22.23.3.' }];
}

/** Uploads Node, which instances fetch unless their AMI has it. */
export function nodeArtifacts(
  bucket: ArtifactBucket,
  { nodeArtifact, nodeVersion }: NodeChoices,
): Artifact[] {
  const onImage = nodeVersion === undefined ? undefined : `[ "$(node --version)" = v${nodeVersion} ]`;
  return nodeArtifact === undefined ? [] : [bucket.add('node', nodeArtifact, onImage)];
}
