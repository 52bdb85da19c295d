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
import { page } from '../../protocol/paging';
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

function refuseUnknown(filters: readonly Filter[], allowed: readonly string[]): void {
  const unknown = filters.find(
    ({ Name = '' }) => !allowed.includes(Name) && !(allowed.includes('tag:<key>') && Name.startsWith('tag:')),
  );
  if (unknown !== undefined) {
    throw validationError(
      `Filter type ${unknown.Name ?? ''} is not correct. Allowed Filter types are: ${allowed.join(', ')}`,
    );
  }
}

/**
 * The groups that pass every filter of DescribeAutoScalingGroups.
 *
 * @throws ServiceError when there is no such filter.
 */
export function matchingGroups(groups: readonly Group[], filters: readonly Filter[]): Group[] {
  refuseUnknown(filters, ['tag-key', 'tag-value', 'tag:<key>']);
  return groups.filter(({ tags }) =>
    filters.every(({ Name = '', Values = [] }) =>
      [...tags.values()].some(({ Key = '', Value = '' }) => {
        const read =
          Name === 'tag-value' || Name === `tag:${Key}` ? Value : Name === 'tag-key' ? Key : undefined;
        return read !== undefined && Values.includes(read);
      }),
    ),
  );
}

const tagFilters: Readonly<Record<string, (tag: TagDescription) => string>> = {
  'auto-scaling-group': ({ ResourceId }) => ResourceId ?? '',
  key: ({ Key }) => Key ?? '',
  value: ({ Value }) => Value ?? '',
  'propagate-at-launch': ({ PropagateAtLaunch }) => String(PropagateAtLaunch),
};

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
      refuseUnknown(Filters, Object.keys(tagFilters));
      const tags = [...store.groups.values()].flatMap((group) => [...group.tags.values()]);
      const matching = tags.filter((tag) =>
        Filters.every(({ Name = '', Values = [] }) => Values.includes(tagFilters[Name]?.(tag) ?? '')),
      );
      const { items, nextToken } = page(matching, input);
      return { Tags: items, NextToken: nextToken };
    },
  };
}
