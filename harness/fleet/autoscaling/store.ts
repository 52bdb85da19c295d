import { ServiceError, validationError } from '../protocol/errors';
import type { Group } from './group';

/** Where the groups of one account and region are. */
export interface Home {
  readonly accountId: string;
  readonly region: string;
}

/** All Auto Scaling groups of one account and region. */
export class Store {
  readonly groups = new Map<string, Group>();

  constructor(readonly home: Home) {}

  /** @throws ServiceError when there is no such group. */
  group(name: string | undefined): Group {
    const group = this.groups.get(name ?? '');
    if (group === undefined) {
      throw validationError(`AutoScalingGroup name not found - AutoScalingGroup '${name ?? ''}' not found`);
    }
    return group;
  }

  /** The group that an instance belongs to, with its membership. */
  memberOf(instanceId: string | undefined): { group: Group; member: Group['members'][number] } {
    for (const group of this.groups.values()) {
      const member = group.members.find((candidate) => candidate.instanceId === instanceId);
      if (member !== undefined) {
        return { group, member };
      }
    }
    throw validationError(
      `Instance Id not found - No managed instance found for instance ID: ${instanceId ?? ''}`,
    );
  }

  /** `arn:aws:autoscaling:<region>:<account>:<resource>` */
  arn(resource: string): string {
    return `arn:aws:autoscaling:${this.home.region}:${this.home.accountId}:${resource}`;
  }
}

/** A page of a list, with the token for the next. */
export interface Page<T> {
  readonly items: T[];
  readonly nextToken: string | undefined;
}

/**
 * Cuts a list into pages as Auto Scaling does.
 *
 * @param most items of a page when the caller does not say. @default 50
 * @throws ServiceError for a token that this service never gave.
 */
export function page<T>(
  items: readonly T[],
  nextToken: string | undefined,
  maxRecords: number | undefined,
  most = 50,
): Page<T> {
  const start = nextToken === undefined ? 0 : Number(Buffer.from(nextToken, 'base64url').toString());
  if (!Number.isInteger(start) || start < 0 || start > items.length) {
    throw new ServiceError('InvalidNextToken', `The token ${nextToken ?? ''} is not valid.`);
  }
  const end = start + (maxRecords ?? most);
  return {
    items: items.slice(start, end),
    nextToken: end < items.length ? Buffer.from(String(end)).toString('base64url') : undefined,
  };
}
