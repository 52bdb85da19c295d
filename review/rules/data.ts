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

const versioningStatus = (configuration: unknown): unknown =>
  Array.isArray(configuration) ? (configuration[0] as { status?: unknown } | undefined)?.status : undefined;

/** Settings whose change puts data at risk: attribute, when, and what it means. */
function risks(change: ResourceChange): string[] {
  const found: string[] = [];
  const forced = changed(change, 'force_destroy');
  if (forced?.to === true) {
    found.push('from now on a destroy deletes every object in it');
  }
  const retention = changed(change, 'message_retention_seconds');
  if (retention !== undefined && Number(retention.to) < Number(retention.from)) {
    found.push(`tasks older than ${String(retention.to)} s are dropped (it was ${String(retention.from)} s)`);
  }
  const versioning = changed(change, 'versioning_configuration');
  if (versioning !== undefined && versioningStatus(versioning.from) === 'Enabled') {
    found.push('an overwritten or deleted object cannot be brought back any more');
  }
  if (changed(change, 'enable_deletion_protection')?.to === false) {
    found.push('it can be deleted from now on');
  }
  if (changed(change, 'redrive_policy')?.to === '') {
    found.push(
      'a task that cannot be done is received again and again: there is no dead-letter queue any more',
    );
  }
  return found;
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
      ? risks(change).map((risk) => ({ severity: 'warning', topic: 'data', address, text: `${risk}.` }))
      : [];
  });
