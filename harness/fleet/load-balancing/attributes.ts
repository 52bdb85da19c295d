import { validationError } from '../protocol/errors';
import type { Protocol } from './resources';

/** What an attribute may be. */
interface AttributeRule {
  readonly usual: string;
  readonly allows: (value: string) => boolean;
  /** The allowed values, for the message. */
  readonly allowed: string;
}

/** Attributes of one kind of resource, by key. */
type AttributeRules = Readonly<Record<string, AttributeRule>>;

/** One attribute as the API writes it. */
interface Attribute {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

function oneOf(usual: string, ...others: string[]): AttributeRule {
  const values = [usual, ...others];
  return { usual, allows: (value) => values.includes(value), allowed: values.join(', ') };
}

const flag = (usual: boolean): AttributeRule => oneOf(String(usual), String(!usual));

function whole(usual: string, least: number, most: number, ...also: string[]): AttributeRule {
  return {
    usual,
    allows: (value) =>
      also.includes(value) || (/^\d+$/.test(value) && Number(value) >= least && Number(value) <= most),
    allowed: [...also, `${least} to ${most}`].join(', '),
  };
}

const text: AttributeRule = {
  usual: '',
  allows: (value) => value.length <= 1_024,
  allowed: 'up to 1024 characters',
};

/** Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html */
export const loadBalancerAttributes: AttributeRules = {
  'access_logs.s3.enabled': flag(false),
  'access_logs.s3.bucket': text,
  'access_logs.s3.prefix': text,
  'idle_timeout.timeout_seconds': whole('60', 1, 4_000),
  'deletion_protection.enabled': flag(false),
  'routing.http2.enabled': flag(true),
  'routing.http.drop_invalid_header_fields.enabled': flag(false),
  'routing.http.xff_client_port.enabled': flag(false),
  'routing.http.preserve_host_header.enabled': flag(false),
  'routing.http.xff_header_processing.mode': oneOf('append', 'preserve', 'remove'),
  'load_balancing.cross_zone.enabled': oneOf('true'),
  'routing.http.desync_mitigation_mode': oneOf('defensive', 'monitor', 'strictest'),
  'client_keep_alive.seconds': whole('3600', 60, 604_800),
  'waf.fail_open.enabled': flag(false),
  'routing.http.x_amzn_tls_version_and_cipher_suite.enabled': flag(false),
  'zonal_shift.config.enabled': flag(false),
  'ipv6.deny_all_igw_traffic': flag(false),
  'connection_logs.s3.enabled': flag(false),
  'connection_logs.s3.bucket': text,
  'connection_logs.s3.prefix': text,
  'health_check_logs.s3.enabled': flag(false),
  'health_check_logs.s3.bucket': text,
  'health_check_logs.s3.prefix': text,
};

const cookieSeconds = whole('86400', 1, 604_800);

/** Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html */
export const targetGroupAttributes: AttributeRules = {
  'deregistration_delay.timeout_seconds': whole('300', 0, 3_600),
  'stickiness.enabled': flag(false),
  'stickiness.type': oneOf('lb_cookie', 'app_cookie'),
  'stickiness.lb_cookie.duration_seconds': cookieSeconds,
  'stickiness.app_cookie.duration_seconds': cookieSeconds,
  'stickiness.app_cookie.cookie_name': {
    usual: '',
    allows: (value) => value.length <= 200 && !/^AWSALB/i.test(value),
    allowed: 'names of cookies that do not begin with AWSALB, AWSALBAPP or AWSALBTG',
  },
  'slow_start.duration_seconds': whole('0', 30, 900, '0'),
  'load_balancing.algorithm.type': oneOf('round_robin', 'least_outstanding_requests', 'weighted_random'),
  'load_balancing.algorithm.anomaly_mitigation': oneOf('off', 'on'),
  'load_balancing.cross_zone.enabled': oneOf('use_load_balancer_configuration', 'true', 'false'),
  'target_group_health.dns_failover.minimum_healthy_targets.count': whole('1', 1, 1_000, 'off'),
  'target_group_health.dns_failover.minimum_healthy_targets.percentage': whole('off', 1, 100, 'off'),
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': whole('1', 1, 1_000),
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': whole(
    'off',
    1,
    100,
    'off',
  ),
};

const headerName: AttributeRule = {
  usual: '',
  allows: (value) => /^[-\w]{0,40}$/.test(value),
  allowed: "up to 40 letters, digits, '-' and '_'",
};

const headerValue: AttributeRule = {
  usual: '',
  allows: (value) => /^[ -~]{0,1024}$/.test(value),
  allowed: 'up to 1024 printable characters',
};

const responseHeaders = [
  'strict_transport_security',
  'access_control_allow_origin',
  'access_control_allow_methods',
  'access_control_allow_headers',
  'access_control_allow_credentials',
  'access_control_expose_headers',
  'access_control_max_age',
  'content_security_policy',
  'x_content_type_options',
  'x_frame_options',
];

const requestHeaders = [
  'x_amzn_mtls_clientcert_serial_number',
  'x_amzn_mtls_clientcert_issuer',
  'x_amzn_mtls_clientcert_subject',
  'x_amzn_mtls_clientcert_validity',
  'x_amzn_mtls_clientcert_leaf',
  'x_amzn_mtls_clientcert',
  'x_amzn_tls_version',
  'x_amzn_tls_cipher_suite',
];

/** Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ListenerAttribute.html */
export function listenerAttributes(protocol: Protocol): AttributeRules {
  return {
    'routing.http.response.server.enabled': flag(true),
    ...Object.fromEntries(
      responseHeaders.map((name) => [`routing.http.response.${name}.header_value`, headerValue]),
    ),
    ...(protocol === 'HTTPS'
      ? Object.fromEntries(
          requestHeaders.map((name) => [`routing.http.request.${name}.header_name`, headerName]),
        )
      : {}),
  };
}

/** The attributes of a new resource. */
export function usualAttributes(rules: AttributeRules): Map<string, string> {
  return new Map(Object.entries(rules).map(([key, { usual }]) => [key, usual]));
}

/**
 * Sets attributes, all or none.
 *
 * @param what the kind of resource as AWS names it in messages: `Load balancer`.
 * @throws ServiceError for a key that there is not, or a value that it cannot have.
 */
export function setAttributes(
  attributes: Map<string, string>,
  rules: AttributeRules,
  asked: readonly Attribute[],
  what: string,
): void {
  for (const { Key = '', Value = '' } of asked) {
    const rule = rules[Key];
    if (rule === undefined) {
      throw validationError(`${what} attribute key '${Key}' is not recognized`);
    }
    if (!rule.allows(Value)) {
      throw validationError(
        `${what} attribute value '${Value}' for the key '${Key}' is not valid; allowed: ${rule.allowed}`,
      );
    }
  }
  for (const { Key = '', Value = '' } of asked) {
    attributes.set(Key, Value);
  }
}

/** Attributes as the API shows them. */
export function shownAttributes(attributes: ReadonlyMap<string, string>): { Key: string; Value: string }[] {
  return [...attributes].map(([Key, Value]) => ({ Key, Value }));
}

/** Whether an attribute that is `true` or `false` is `true`. */
export function isOn(attributes: ReadonlyMap<string, string>, key: string): boolean {
  return attributes.get(key) === 'true';
}

/** An attribute that is a number. */
export function numberOf(attributes: ReadonlyMap<string, string>, key: string): number {
  return Number(attributes.get(key) ?? 0);
}
