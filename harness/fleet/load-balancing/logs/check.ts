import { validationError } from '../../protocol/errors';
import type { LoadBalancer } from '../resources';
import type { Home } from '../store';
import { logFolder } from './access-log';
import { accessLogPlace } from './access-logs';
import type { LogStore } from './log-store';

/**
 * Sees to it that a load balancer can keep the access log that its attributes ask for, as Elastic Load Balancing does: by an
 * object that says so.
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
 *
 * @param attributes those that it is to have.
 * @throws ServiceError for a bucket that does not let it write, or that is in another region.
 */
export async function checkAccessLog(
  loadBalancer: LoadBalancer,
  attributes: ReadonlyMap<string, string>,
  home: Home,
  store: LogStore,
): Promise<void> {
  const place = accessLogPlace(attributes);
  if (place === undefined) {
    return;
  }
  if (place.bucket === '') {
    throw validationError('S3Bucket name cannot be empty');
  }
  if (place.prefix.includes('AWSLogs')) {
    throw validationError(`The prefix '${place.prefix}' of access logs must not include 'AWSLogs'`);
  }
  await store.put(loadBalancer, {
    bucket: place.bucket,
    key: `${logFolder(place, home)}ELBAccessLogTestFile`,
    body: Buffer.from(`Enable AccessLog for ELB: ${loadBalancer.name}\n`),
  });
}
