import type { AutoscalingGroup } from '@cdktf/provider-aws/lib/autoscaling-group';
import { Aspects, TerraformResource } from 'cdktf';
import type { Construct, IConstruct } from 'constructs';

import { type Problem, refuse } from './validation';

/** Names and values of tags. */
export type Tags = Readonly<Record<string, string>>;

interface Taggable extends IConstruct {
  tags: Record<string, string>;
  readonly tagsInput?: Record<string, string>;
}

/** Objects are left out: S3 takes ten tags on one, not fifty. */
const isTaggable = (node: TerraformResource): node is TerraformResource & Taggable =>
  'tagsInput' in node && node.terraformResourceType !== 'aws_s3_object';

const isGroup = (node: TerraformResource): node is AutoscalingGroup =>
  node.terraformResourceType === 'aws_autoscaling_group';

/**
 * Tags every resource in a construct that can be tagged, and the instances of its groups; a tag that a resource has of
 * its own stays. Tags stand in each resource, where a plan shows them, and not in the provider's `default_tags`.
 *
 * @throws ValidationError for tags that AWS refuses.
 */
export function tagAll(scope: Construct, tags: Tags = {}): void {
  refuse(tagProblems(tags));
  if (Object.keys(tags).length === 0) {
    return;
  }
  Aspects.of(scope).add({
    visit: (node) => {
      if (!TerraformResource.isTerraformResource(node)) {
        return;
      }
      if (isGroup(node)) {
        tagGroup(node, tags);
      } else if (isTaggable(node)) {
        node.tags = { ...tags, ...node.tagsInput };
      }
    },
  });
}

/** A group has a list of tags, since each says whether its instances get it too. */
function tagGroup(group: AutoscalingGroup, tags: Tags): void {
  const own = Array.isArray(group.tagInput) ? group.tagInput : [];
  const taken = new Set(own.map(({ key }) => key));
  const more = Object.entries(tags).filter(([key]) => !taken.has(key));
  group.putTag([...own, ...more.map(([key, value]) => ({ key, value, propagateAtLaunch: true }))]);
}

/**
 * What all services take.
 * Source: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
 */
export function tagProblems(tags: Tags): Problem[] {
  const problem = (allowed: string): Problem[] => [{ field: 'tags', given: tags, allowed }];
  const wrong = Object.entries(tags).filter(
    ([key, value]) =>
      !/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u.test(key) ||
      !/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u.test(value) ||
      key.toLowerCase().startsWith('aws:'),
  );
  if (wrong.length > 0) {
    return problem(
      `${wrong.map(([key]) => JSON.stringify(key)).join(', ')}: AWS takes letters, digits, spaces and _.:/=+-@, 1 to 128 in a name, up to 256 in a value, and keeps names that begin with "aws:" for itself.`,
    );
  }
  // Room for the Name that resources have of their own.
  return Object.keys(tags).length > 49 ? problem('AWS takes 50 tags on a resource; one is its Name.') : [];
}
