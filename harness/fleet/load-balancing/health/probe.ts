import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

import type { TargetHealthReasonEnum } from '@aws-sdk/client-elastic-load-balancing-v2';

import type { HealthCheck } from '../resources';

/** What one health check found. */
export type ProbeResult =
  | { readonly passed: true }
  | { readonly passed: false; readonly reason: TargetHealthReasonEnum; readonly description: string };

/** Whether a status is one of those that a matcher names: `200`, `200,202`, `200-299`. */
export function matchesCode(matcher: string, status: number): boolean {
  return matcher.split(',').some((part) => {
    const [least, most = least] = part.split('-').map(Number);
    return least !== undefined && most !== undefined && status >= least && status <= most;
  });
}

/**
 * Sends one health check. It has a connection of its own, as those of AWS have, and the timeout is one of this
 * machine's time: what it bounds is real work.
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 */
export async function probe(
  { host, port }: { readonly host: string; readonly port: number },
  check: Pick<HealthCheck, 'protocol' | 'path' | 'timeout' | 'matcher'>,
): Promise<ProbeResult> {
  const send = check.protocol === 'HTTPS' ? httpsRequest : httpRequest;
  const timeout = AbortSignal.timeout(check.timeout * 1_000);
  return new Promise((resolve) => {
    const fail = (): void => {
      resolve(
        timeout.aborted
          ? { passed: false, reason: 'Target.Timeout', description: 'Request timed out' }
          : { passed: false, reason: 'Target.FailedHealthChecks', description: 'Health checks failed' },
      );
    };
    const take = (response: IncomingMessage): void => {
      const { statusCode = 0 } = response;
      response.on('error', fail).on('end', () => {
        resolve(
          matchesCode(check.matcher, statusCode)
            ? { passed: true }
            : {
                passed: false,
                reason: 'Target.ResponseCodeMismatch',
                description: `Health checks failed with these codes: [${statusCode}]`,
              },
        );
      });
      response.resume();
    };
    try {
      send(
        {
          host,
          port,
          path: check.path,
          agent: false,
          rejectUnauthorized: false,
          signal: timeout,
          headers: { host: `${host}:${port}`, 'user-agent': 'ELB-HealthChecker/2.0', connection: 'close' },
        },
        take,
      )
        .on('error', fail)
        .end();
    } catch {
      // What cannot even be sent: a port or path that there cannot be.
      fail();
    }
  });
}
