import { type Context, type Finding, type Rule, changed } from '../finding';
import type { ResourceChange } from '../plan';
import { policyChanges } from '../policies';
import { describeGrants, isPublic, without } from '../policy';

type Found = Omit<Finding, 'topic' | 'address'>;

const blocks = ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'];

function publicAccessBlock({ action, after }: ResourceChange): Found[] {
  if (action === 'destroy') {
    return [{ severity: 'critical', text: 'the public access block of the bucket is taken away.' }];
  }
  const open = blocks.filter((name) => after?.[name] === false);
  return open.length === 0
    ? []
    : [
        {
          severity: 'critical',
          text: `the bucket may be opened to everyone: ${open.join(', ')} ${open.length > 1 ? 'are' : 'is'} off.`,
        },
      ];
}

const everywhere = new Set(['0.0.0.0/0', '::/0']);

interface Ingress {
  readonly cidrs: readonly unknown[];
  readonly protocol: unknown;
  readonly from: unknown;
  readonly to: unknown;
}

function openPorts({ cidrs, protocol, from, to }: Ingress): Found[] {
  const open = cidrs.filter((cidr) => everywhere.has(String(cidr)));
  if (open.length === 0) {
    return [];
  }
  const isWeb = from === to && (from === 80 || from === 443);
  const ports =
    String(protocol) === '-1'
      ? 'every port'
      : from === to
        ? `port ${String(from)}`
        : `ports ${String(from)} to ${String(to)}`;
  return [
    {
      severity: isWeb ? 'warning' : 'critical',
      text: `everyone on the internet reaches ${ports} (${open.join(', ')}).`,
    },
  ];
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function ingressOf({ type, after }: ResourceChange): Ingress[] {
  switch (type) {
    case 'aws_vpc_security_group_ingress_rule':
      return [
        {
          cidrs: [after?.cidr_ipv4, after?.cidr_ipv6],
          protocol: after?.ip_protocol,
          from: after?.from_port,
          to: after?.to_port,
        },
      ];
    case 'aws_security_group_rule':
      return after?.type === 'ingress' ? [blockIngress(after)] : [];
    case 'aws_security_group':
      return list(after?.ingress).map((block) => blockIngress(block as Readonly<Record<string, unknown>>));
    default:
      return [];
  }
}

function blockIngress(block: Readonly<Record<string, unknown>>): Ingress {
  return {
    cidrs: [...list(block.cidr_blocks), ...list(block.ipv6_cidr_blocks)],
    protocol: block.protocol,
    from: block.from_port,
    to: block.to_port,
  };
}

const firstBlock = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  list(value)[0] as Readonly<Record<string, unknown>> | undefined;

/** Single settings that open something or make it less safe. */
function settings(change: ResourceChange): Found[] {
  const { type, after } = change;
  const isNew = (name: string, value: unknown): boolean =>
    after?.[name] === value && change.before?.[name] !== value;
  switch (type) {
    case 'aws_lb':
      return isNew('internal', false)
        ? [{ severity: 'warning', text: 'the load balancer answers everyone on the internet.' }]
        : [];
    case 'aws_internet_gateway':
      return change.action === 'create'
        ? [{ severity: 'notice', text: 'the network gets a door to the internet.' }]
        : [];
    case 'aws_subnet':
      return isNew('map_public_ip_on_launch', true)
        ? [{ severity: 'warning', text: 'every instance launched in it gets a public address.' }]
        : [];
    case 'aws_s3_bucket_acl':
      return typeof after?.acl === 'string' && after.acl.startsWith('public-')
        ? [{ severity: 'critical', text: `the ACL ${after.acl} opens the bucket to everyone.` }]
        : [];
    case 'aws_lb_listener':
      return changed(change, 'protocol')?.from === 'HTTPS'
        ? [{ severity: 'warning', text: 'requests are no longer encrypted on their way.' }]
        : [];
    case 'aws_sqs_queue':
      return changed(change, 'sqs_managed_sse_enabled')?.to === false
        ? [{ severity: 'warning', text: 'tasks are no longer encrypted at rest by SQS.' }]
        : [];
    case 'aws_launch_template':
      return [
        ...(firstBlock(after?.metadata_options)?.http_tokens === 'optional'
          ? [
              {
                severity: 'warning' as const,
                text: "instances give their role's credentials also without a session token (IMDSv1).",
              },
            ]
          : []),
        ...(firstBlock(after?.network_interfaces)?.associate_public_ip_address === 'true'
          ? [{ severity: 'warning' as const, text: 'instances get public addresses.' }]
          : []),
      ];
    default:
      return [];
  }
}

function found(change: ResourceChange): Found[] {
  if (change.type === 'aws_s3_bucket_public_access_block') {
    return publicAccessBlock(change);
  }
  return change.after === undefined ? [] : [...ingressOf(change).flatMap(openPorts), ...settings(change)];
}

function publicGrants(context: Context): Finding[] {
  return policyChanges(context).flatMap(({ change, before = [], after = [] }) => {
    const opened = without(after.filter(isPublic), before);
    return describeGrants(opened).map((grants) => ({
      severity: 'critical',
      topic: 'exposure',
      address: change.address,
      text: `${grants}.`,
    }));
  });
}

/** What becomes public, or less safe to reach. */
export const exposure: Rule = (context) => [
  ...context.plan.changes.flatMap((change) =>
    found(change).map((one): Finding => ({ ...one, topic: 'exposure', address: change.address })),
  ),
  ...publicGrants(context),
];
