import { type Finding, type Rule, changed, isLost } from '../finding';
import type { ResourceChange } from '../plan';

/** What is lost with a resource of a type. */
const losses: Readonly<Record<string, string>> = {
  aws_sqs_queue: 'every task that still waits in it is lost',
  aws_kms_key: 'what is encrypted with it cannot be read any more once its deletion window is over',
  aws_db_instance: 'its data is lost unless a final snapshot is taken',
  aws_dynamodb_table: 'its items are lost',
  aws_ebs_volume: 'its data is lost',
  aws_efs_file_system: 'its files are lost',
  aws_cloudwatch_log_group: 'its logs are lost',
};

function lossOf(change: ResourceChange): string | undefined {
  if (change.type === 'aws_s3_bucket') {
    return change.before?.force_destroy === true
      ? 'every object and every version in it is deleted (force_destroy is on)'
      : 'S3 refuses while it holds an object, and the apply stops there; emptied, all of it is lost';
  }
  return losses[change.type];
}

/** A setting whose change puts data at risk. */
interface Risk {
  readonly attribute: string;
  /** @default every type that has the attribute */
  readonly type?: string | undefined;
  /** What it means, where it is a risk, and how to keep what would be lost. */
  readonly tell: (from: unknown, to: unknown) => string | undefined;
}

const isNone = (policy: unknown): boolean => policy === '' || policy === null;

/** Whether a bucket keeps versions, by its `versioning_configuration` or by the deprecated `versioning` inside of it. */
export function isVersioned(blocks: unknown): boolean {
  const [first] = Array.isArray(blocks) ? (blocks as { status?: unknown; enabled?: unknown }[]) : [];
  return first?.status === 'Enabled' || first?.enabled === true;
}

function unversioned(attribute: string, type: string): Risk {
  const text =
    'an object that is overwritten or deleted from now on cannot be brought back; the versions that are there stay';
  return { attribute, type, tell: (from, to) => (isVersioned(from) && !isVersioned(to) ? text : undefined) };
}

function turned(attribute: string, value: boolean, text: string, type?: string): Risk {
  return { attribute, type, tell: (_, to) => (to === value ? text : undefined) };
}

const unprotected = 'it can be deleted from now on; leave it protected until it is to go';

const risks: readonly Risk[] = [
  turned(
    'force_destroy',
    true,
    'from now on a destroy deletes every object in it; leave it off, and empty the bucket by hand when it is to go',
  ),
  {
    attribute: 'message_retention_seconds',
    // Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
    tell: (from, to) =>
      Number(to) < Number(from)
        ? `a message that was sent more than ${String(to)} s ago is deleted (so far ${String(from)} s), also one that waits now, within 15 minutes; to keep those, drain the queue first, a dead-letter queue by a redrive`
        : undefined,
  },
  unversioned('versioning_configuration', 'aws_s3_bucket_versioning'),
  unversioned('versioning', 'aws_s3_bucket'),
  turned('enable_deletion_protection', false, unprotected),
  turned('deletion_protection', false, unprotected),
  turned('deletion_protection_enabled', false, unprotected),
  turned('skip_final_snapshot', true, 'from now on a destroy takes no final snapshot, and its data is lost'),
  turned(
    'is_enabled',
    false,
    'what is encrypted with it cannot be read until it is enabled again',
    'aws_kms_key',
  ),
  {
    attribute: 'retention_in_days',
    type: 'aws_cloudwatch_log_group',
    // Zero is for ever.
    tell: (from, to) =>
      Number(to) > 0 && (Number(from) === 0 || Number(to) < Number(from))
        ? `logs of more than ${String(to)} days ago are deleted (so far ${Number(from) === 0 ? 'kept for ever' : `${String(from)} days`}); to keep them, export them first`
        : undefined,
  },
  {
    attribute: 'redrive_policy',
    type: 'aws_sqs_queue',
    tell: (_, to) =>
      isNone(to)
        ? 'a task that cannot be done is received again and again, until its retention is over: there is no dead-letter queue any more'
        : undefined,
  },
  {
    attribute: 'redrive_policy',
    type: 'aws_sns_topic_subscription',
    tell: (_, to) =>
      isNone(to) ? 'what SNS cannot deliver is lost: there is no dead-letter queue any more' : undefined,
  },
];

function risksOf(change: ResourceChange): string[] {
  return risks.flatMap(({ attribute, type = change.type, tell }) => {
    const difference = type === change.type ? changed(change, attribute) : undefined;
    return difference === undefined ? [] : (tell(difference.from, difference.to) ?? []);
  });
}

/** What loses data, at once or at the next mistake. */
export const data: Rule = ({ plan }) =>
  plan.changes.flatMap((change): Finding[] => {
    const { address } = change;
    const loss = isLost(change) ? lossOf(change) : undefined;
    if (loss !== undefined) {
      const why = change.replacedFor.length > 0 ? ` for a new ${change.replacedFor.join(', ')}` : '';
      const what = change.action === 'replace' ? `is destroyed and made anew${why}` : 'is destroyed';
      return [{ severity: 'critical', topic: 'data', address, text: `${what}: ${loss}.` }];
    }
    if (change.type === 'aws_s3_bucket_versioning' && change.action === 'destroy') {
      const text = 'versioning is suspended: an overwritten object cannot be brought back any more.';
      return [{ severity: 'warning', topic: 'data', address, text }];
    }
    return change.action === 'update'
      ? risksOf(change).map((risk) => ({ severity: 'warning', topic: 'data', address, text: `${risk}.` }))
      : [];
  });
