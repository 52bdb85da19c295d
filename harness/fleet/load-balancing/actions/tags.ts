import type {
  AddTagsInput,
  DescribeTagsInput,
  DescribeTagsOutput,
  RemoveTagsInput,
  Tag,
} from '@aws-sdk/client-elastic-load-balancing-v2';

import { ServiceError, validationError } from '../../protocol/errors';
import type { ActionHandlers } from '../../protocol/query-service';
import { checkLimit } from '../limits';
import type { Store } from '../store';

/**
 * Tags by key.
 *
 * @throws ServiceError for reserved keys, a key given twice, too many tags.
 */
export function tagMap(
  given: readonly Tag[] | undefined,
  present?: ReadonlyMap<string, string>,
): Map<string, string> {
  const tags = new Map(present);
  const keys = (given ?? []).map(({ Key = '' }) => Key);
  if (new Set(keys).size < keys.length) {
    throw new ServiceError('DuplicateTagKeys', 'A tag key was specified more than once');
  }
  for (const { Key = '', Value = '' } of given ?? []) {
    if (Key.startsWith('aws:')) {
      throw validationError(`Tag keys that begin with 'aws:' are reserved for system use: ${Key}`);
    }
    tags.set(Key, Value);
  }
  checkLimit('tags', tags.size);
  return tags;
}

/** The actions on tags. */
export function tagActions(store: Store): ActionHandlers {
  return {
    AddTags: ({ ResourceArns = [], Tags }: AddTagsInput): void => {
      const changes = ResourceArns.map((arn) => store.resource(arn)).map(({ tags }) => ({
        tags,
        changed: tagMap(Tags, tags),
      }));
      for (const { tags, changed } of changes) {
        for (const [key, value] of changed) {
          tags.set(key, value);
        }
      }
    },

    RemoveTags: ({ ResourceArns = [], TagKeys = [] }: RemoveTagsInput): void => {
      for (const { tags } of ResourceArns.map((arn) => store.resource(arn))) {
        for (const key of TagKeys) {
          tags.delete(key);
        }
      }
    },

    DescribeTags: ({ ResourceArns = [] }: DescribeTagsInput): DescribeTagsOutput => ({
      TagDescriptions: ResourceArns.map((arn) => store.resource(arn)).map(({ arn, tags }) => ({
        ResourceArn: arn,
        Tags: [...tags].map(([Key, Value]) => ({ Key, Value })),
      })),
    }),
  };
}
