import { ServiceError } from '../protocol/errors';

/**
 * Default quotas of an account.
 * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-quotas.html
 */
export const limits = {
  groups: 500,
  hooks: 50,
  policies: 50,
  schedules: 125,
  tags: 50,
  notificationTopics: 10,
  launchConfigurations: 200,
} as const;

/** @throws ServiceError LimitExceeded when one more would be too many. */
export function checkLimit(what: keyof typeof limits, present: number): void {
  if (present >= limits[what]) {
    throw new ServiceError(
      'LimitExceeded',
      `You have reached the limit of ${limits[what]} ${what} (${present} exist).`,
    );
  }
}
