import type { CreateTargetGroupInput } from '@aws-sdk/client-elastic-load-balancing-v2';

import { ServiceError, notDoneHere, validationError } from '../../protocol/errors';
import { isPort } from '../ports';
import type { HealthCheck, Protocol } from '../resources';

type Asked = Pick<
  CreateTargetGroupInput,
  | 'HealthCheckProtocol'
  | 'HealthCheckPort'
  | 'HealthCheckEnabled'
  | 'HealthCheckPath'
  | 'HealthCheckIntervalSeconds'
  | 'HealthCheckTimeoutSeconds'
  | 'HealthyThresholdCount'
  | 'UnhealthyThresholdCount'
  | 'Matcher'
>;

/** Source: CreateTargetGroup, «HealthCheckIntervalSeconds» and the like, for HTTP and HTTPS. */
const usual: HealthCheck = {
  enabled: true,
  protocol: 'HTTP',
  port: 'traffic-port',
  path: '/',
  interval: 30,
  timeout: 5,
  healthyThreshold: 5,
  unhealthyThreshold: 2,
  matcher: '200',
};

/** @throws ServiceError for protocols of other load balancers than Application Load Balancers. */
export function protocolOf(protocol: string | undefined, what: string): Protocol {
  if (protocol !== 'HTTP' && protocol !== 'HTTPS') {
    throw protocol === undefined
      ? validationError(`A protocol must be specified for ${what}`)
      : notDoneHere(`elasticloadbalancing: ${what} of protocol ${protocol}`);
  }
  return protocol;
}

function within(name: string, value: number, least: number, most: number): void {
  if (value < least || value > most) {
    throw validationError(`${name} '${value}' must be between '${least}' and '${most}' inclusive`);
  }
}

function check(settings: HealthCheck): void {
  within('Health check interval', settings.interval, 5, 300);
  within('Health check timeout', settings.timeout, 2, 120);
  within('Healthy threshold count', settings.healthyThreshold, 2, 10);
  within('Unhealthy threshold count', settings.unhealthyThreshold, 2, 10);
  if (settings.timeout >= settings.interval) {
    throw validationError(
      `Health check timeout '${settings.timeout}' must be smaller than the interval '${settings.interval}'`,
    );
  }
  if (!settings.enabled) {
    throw validationError(
      'Health check enabled must be true for target groups with target type instance or ip',
    );
  }
  if (settings.port !== 'traffic-port' && !isPort(settings.port)) {
    throw validationError(
      `Health check port '${settings.port}' must be either 'traffic-port' or a value between '1' and '65535' inclusive`,
    );
  }
  if (!/^\/[!-~]{0,1023}$/.test(settings.path)) {
    throw validationError(
      `Health check path '${settings.path}' must begin with a '/' character, and can only contain printable ASCII characters, without spaces`,
    );
  }
  for (const part of settings.matcher.split(',')) {
    const [least = Number.NaN, most = least] = part.split('-').map(Number);
    if (!/^\d{3}(-\d{3})?$/.test(part) || least < 200 || most > 499 || most < least) {
      throw new ServiceError(
        'ValidationError',
        `Health check matcher HTTP code '${part}' must be within '200-499' inclusive`,
      );
    }
  }
}

/** The settings of a health check: what a request says over what there was. @throws ServiceError when they cannot be. */
export function healthCheckSettings(asked: Asked, present: HealthCheck = usual): HealthCheck {
  if (asked.Matcher?.GrpcCode !== undefined) {
    throw notDoneHere('elasticloadbalancing: health checks by gRPC');
  }
  const settings: HealthCheck = {
    enabled: asked.HealthCheckEnabled ?? present.enabled,
    protocol:
      asked.HealthCheckProtocol === undefined
        ? present.protocol
        : protocolOf(asked.HealthCheckProtocol, 'a health check'),
    port: asked.HealthCheckPort ?? present.port,
    path: asked.HealthCheckPath ?? present.path,
    interval: asked.HealthCheckIntervalSeconds ?? present.interval,
    timeout: asked.HealthCheckTimeoutSeconds ?? present.timeout,
    healthyThreshold: asked.HealthyThresholdCount ?? present.healthyThreshold,
    unhealthyThreshold: asked.UnhealthyThresholdCount ?? present.unhealthyThreshold,
    matcher: asked.Matcher?.HttpCode ?? present.matcher,
  };
  check(settings);
  return settings;
}
