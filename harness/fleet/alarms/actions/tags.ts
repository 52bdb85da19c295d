import type {
  ListTagsForResourceInput,
  ListTagsForResourceOutput,
  Tag,
  TagResourceInput,
  UntagResourceInput,
} from '@aws-sdk/client-cloudwatch';

import { validationError } from '../../protocol/errors';
import type { ActionHandlers } from '../../protocol/operations';
import type { AlarmStore } from '../alarm-store';

const mostTags = 50;

/** Tags with those of a request over them. @throws ServiceError for reserved keys and too many tags. */
export function checkedTags(present: ReadonlyMap<string, string>, tags: readonly Tag[]): Map<string, string> {
  const all = new Map(present);
  for (const { Key = '', Value = '' } of tags) {
    if (Key.startsWith('aws:')) {
      throw validationError(`Tag keys that begin with "aws:" are reserved: ${Key}`);
    }
    all.set(Key, Value);
  }
  if (all.size > mostTags) {
    throw validationError(`An alarm can have ${mostTags} tags; this would give it ${all.size}.`);
  }
  return all;
}

/** The actions on tags of alarms. */
export function tagActions(store: AlarmStore): ActionHandlers {
  return {
    TagResource: ({ ResourceARN, Tags = [] }: TagResourceInput): void => {
      const { tags } = store.alarmOfArn(ResourceARN);
      checkedTags(tags, Tags).forEach((value, key) => tags.set(key, value));
    },

    UntagResource: ({ ResourceARN, TagKeys = [] }: UntagResourceInput): void => {
      const { tags } = store.alarmOfArn(ResourceARN);
      TagKeys.forEach((key) => tags.delete(key));
    },

    ListTagsForResource: ({ ResourceARN }: ListTagsForResourceInput): ListTagsForResourceOutput => ({
      Tags: [...store.alarmOfArn(ResourceARN).tags].map(([Key, Value]) => ({ Key, Value })),
    }),
  };
}
