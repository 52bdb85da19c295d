import type {
  CreateOrUpdateTagsType,
  DeleteTagsType,
  DescribeTagsType,
  Filter,
  Tag,
  TagDescription,
  TagsType,
} from '@aws-sdk/client-auto-scaling';

import { validationError } from '../../protocol/errors';
import type { Group } from '../group';
import type { ActionHandlers } from '../../protocol/query-service';
import { checkLimit } from '../limits';
import { page } from '../paging';
import type { Store } from '../store';

/** Sets a tag of a group; a tag of the same key is replaced. */
export function putTag(group: Group, { Key, Value, PropagateAtLaunch }: Tag): void {
  const key = Key ?? '';
  if (key.startsWith('aws:')) {
    throw validationError(`Tag keys that begin with "aws:" are reserved: ${key}`);
  }
  if (!group.tags.has(key)) {
    checkLimit('tags', group.tags.size);
  }
  group.tags.set(key, {
    ResourceId: group.settings.AutoScalingGroupName,
    ResourceType: 'auto-scaling-group',
    Key: key,
    Value: Value ?? '',
    PropagateAtLaunch: PropagateAtLaunch ?? false,
  });
}

/** Whether a group passes filters of DescribeAutoScalingGroups: tag-key, tag-value, tag:<key>. */
export function matchesFilters(group: Group, filters: readonly Filter[]): boolean {
  const tags = [...group.tags.values()];
  return filters.every(({ Name = '', Values = [] }) => {
    if (Name === 'tag-key') {
      return tags.some(({ Key }) => Values.includes(Key ?? ''));
    }
    if (Name === 'tag-value') {
      return tags.some(({ Value }) => Values.includes(Value ?? ''));
    }
    if (Name.startsWith('tag:')) {
      return Values.includes(group.tags.get(Name.slice('tag:'.length))?.Value ?? '');
    }
    throw validationError(
      `Filter type ${Name} is not correct. Allowed Filter types are: tag-key, tag-value, tag:<key>`,
    );
  });
}

/** The actions on tags of groups. */
export function tagActions(store: Store): ActionHandlers {
  return {
    CreateOrUpdateTags: ({ Tags = [] }: CreateOrUpdateTagsType): void => {
      for (const tag of Tags) {
        putTag(store.group(tag.ResourceId), tag);
      }
    },

    DeleteTags: ({ Tags = [] }: DeleteTagsType): void => {
      for (const { ResourceId, Key } of Tags) {
        store.group(ResourceId).tags.delete(Key ?? '');
      }
    },

    DescribeTags: (input: DescribeTagsType): TagsType => {
      const { Filters = [] } = input;
      const read: Readonly<Record<string, (tag: TagDescription) => string>> = {
        'auto-scaling-group': ({ ResourceId }) => ResourceId ?? '',
        key: ({ Key }) => Key ?? '',
        value: ({ Value }) => Value ?? '',
        'propagate-at-launch': ({ PropagateAtLaunch }) => String(PropagateAtLaunch),
      };
      const tags = [...store.groups.values()].flatMap((group) => [...group.tags.values()]);
      const matching = tags.filter((tag) =>
        Filters.every(({ Name = '', Values = [] }) => {
          const value = read[Name];
          if (value === undefined) {
            throw validationError(
              `Filter type ${Name} is not correct. Allowed Filter types are: ${Object.keys(read).join(', ')}`,
            );
          }
          return Values.includes(value(tag));
        }),
      );
      const { items, nextToken } = page(matching, input);
      return { Tags: items, NextToken: nextToken };
    },
  };
}
