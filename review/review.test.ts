import { parsePlan } from './plan';
import { review } from './review';
import { SynthesizedResources } from './synthesized';
import { type Planned, lines, planOf, planText, reviewOf, update } from './testing/plan';

const policy = (...statements: unknown[]): string => JSON.stringify({ Statement: statements });
const read = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::films/*' };

describe('the review of a plan', () => {
  it('counts what happens, and finds nothing in harmless changes', () => {
    const result = reviewOf(
      { type: 'aws_sqs_queue', after: { name: 'tasks' } },
      update('aws_cloudwatch_metric_alarm', { threshold: 10 }, { threshold: 5 }),
    );
    expect(result.changes).toEqual({
      create: ['aws_sqs_queue.one'],
      update: ['aws_cloudwatch_metric_alarm.one'],
      replace: [],
      destroy: [],
      forget: [],
    });
    expect(result.findings).toEqual([]);
    expect(result.worst).toBeUndefined();
  });

  it.each<[string, Planned, string]>([
    [
      'a public access block that is opened',
      update(
        'aws_s3_bucket_public_access_block',
        { block_public_policy: true, block_public_acls: true },
        { block_public_policy: false },
      ),
      'critical aws_s3_bucket_public_access_block.one: the bucket may be opened to everyone: block_public_policy is off.',
    ],
    [
      'a public access block that is taken away',
      { type: 'aws_s3_bucket_public_access_block', before: { block_public_policy: true } },
      'critical aws_s3_bucket_public_access_block.one: the public access block of the bucket is taken away.',
    ],
    [
      'a policy for everyone',
      update('aws_s3_bucket_policy', { policy: policy() }, { policy: policy({ ...read, Principal: '*' }) }),
      'critical aws_s3_bucket_policy.one: everyone may s3:GetObject on arn:aws:s3:::films/*.',
    ],
    [
      'SSH for everyone',
      {
        type: 'aws_vpc_security_group_ingress_rule',
        after: { cidr_ipv4: '0.0.0.0/0', ip_protocol: 'tcp', from_port: 22, to_port: 22 },
      },
      'critical aws_vpc_security_group_ingress_rule.one: everyone on the internet reaches port 22 (0.0.0.0/0).',
    ],
    [
      'HTTPS for everyone',
      {
        type: 'aws_security_group',
        after: { ingress: [{ ipv6_cidr_blocks: ['::/0'], protocol: 'tcp', from_port: 443, to_port: 443 }] },
      },
      'warning aws_security_group.one: everyone on the internet reaches port 443 (::/0).',
    ],
    [
      'a load balancer on the internet',
      { type: 'aws_lb', after: { internal: false } },
      'warning aws_lb.one: the load balancer answers everyone on the internet.',
    ],
    [
      'metadata without tokens',
      { type: 'aws_launch_template', after: { metadata_options: [{ http_tokens: 'optional' }] } },
      "warning aws_launch_template.one: instances give their role's credentials also without a session token (IMDSv1).",
    ],
  ])('tells of %s', (_, planned, line) => {
    expect(lines(reviewOf(planned))).toContain(line);
  });

  it('finds nothing public where only an address of the own network comes in', () => {
    const after = { cidr_ipv4: '10.0.0.0/16', ip_protocol: 'tcp', from_port: 22, to_port: 22 };
    expect(reviewOf({ type: 'aws_vpc_security_group_ingress_rule', after }).findings).toEqual([]);
  });

  it.each<[string, Planned, readonly string[]]>([
    [
      'an existing role that gains and loses',
      update(
        'aws_iam_role_policy',
        { policy: policy(read) },
        { policy: policy({ ...read, Action: 's3:PutObject' }) },
      ),
      [
        'warning aws_iam_role_policy.one: gains: may s3:PutObject on arn:aws:s3:::films/*.',
        'notice aws_iam_role_policy.one: loses: may s3:GetObject on arn:aws:s3:::films/*.',
      ],
    ],
    [
      'a new role',
      { type: 'aws_iam_role_policy', after: { policy: policy(read) } },
      ['notice aws_iam_role_policy.one: gains: may s3:GetObject on arn:aws:s3:::films/*.'],
    ],
    [
      'a role that may do everything',
      { type: 'aws_iam_role_policy', after: { policy: policy({ ...read, Action: '*', Resource: '*' }) } },
      ['critical aws_iam_role_policy.one: gains: may * on *.'],
    ],
    [
      'a role that may give itself more',
      { type: 'aws_iam_role_policy', after: { policy: policy({ ...read, Action: 'iam:PutRolePolicy' }) } },
      ['critical aws_iam_role_policy.one: gains: may iam:PutRolePolicy on arn:aws:s3:::films/*.'],
    ],
    [
      'a Deny that is taken away',
      update(
        'aws_sqs_queue',
        { policy: policy({ ...read, Effect: 'Deny', Principal: '*' }) },
        { policy: '' },
      ),
      ['warning aws_sqs_queue.one: loses: everyone may not s3:GetObject on arn:aws:s3:::films/*.'],
    ],
    [
      'an administrator',
      {
        type: 'aws_iam_role_policy_attachment',
        after: { policy_arn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
      },
      [
        'critical aws_iam_role_policy_attachment.one: gains: what arn:aws:iam::aws:policy/AdministratorAccess allows.',
      ],
    ],
    [
      'a queue whose policy stays but for its own new name',
      {
        type: 'aws_sqs_queue',
        before: { name: 'a', policy: policy({ ...read, Resource: 'arn:aws:sqs:us-east-2:111122223333:a' }) },
        after: { name: 'b', policy: policy({ ...read, Resource: 'arn:aws:sqs:us-east-2:111122223333:b' }) },
        replacedFor: ['name'],
      },
      [],
    ],
  ])('tells the permissions of %s', (_, planned, expected) => {
    const { findings, ...rest } = reviewOf(planned);
    const about = findings.filter(({ topic }) => topic === 'permissions');
    expect(lines({ ...rest, findings: about })).toEqual(expected);
  });

  it('reads a policy whose ARNs are not known yet from the synthesized stack, and says so where there is none', () => {
    const planned: Planned = { type: 'aws_iam_role_policy', after: {}, unknown: { policy: true } };
    const stack = {
      resource: {
        aws_iam_role_policy: {
          one: { policy: policy({ ...read, Resource: '${aws_s3_bucket.films.arn}/*' }) },
        },
      },
    };
    const synthesized = SynthesizedResources.parse(JSON.stringify(stack));
    expect(lines(review(planOf(planned), synthesized))).toEqual([
      'notice aws_iam_role_policy.one: gains: may s3:GetObject on aws_s3_bucket.films/*.',
    ]);
    expect(lines(reviewOf(planned))).toEqual([
      'warning aws_iam_role_policy.one: its policy cannot be read before the apply.',
    ]);
  });

  const template = update('aws_launch_template', { id: 'lt-1' }, { user_data: 'new' });
  const group = { launch_template: [{ id: 'lt-1' }] };

  it('tells that a group replaces its instances for a new launch template, where it has an instance refresh', () => {
    const refreshed = { ...group, instance_refresh: [{ strategy: 'Rolling' }] };
    expect(
      lines(reviewOf(template, { type: 'aws_autoscaling_group', before: refreshed, after: refreshed })),
    ).toEqual([
      'warning aws_autoscaling_group.one: an instance refresh replaces every instance, since aws_launch_template.one changes.',
    ]);
  });

  it('tells that only new instances follow the launch template of a group without an instance refresh', () => {
    const others = { launch_template: [{ id: 'lt-2' }] };
    expect(
      lines(
        reviewOf(
          template,
          { type: 'aws_autoscaling_group', before: group, after: group },
          { type: 'aws_autoscaling_group', name: 'other', before: others, after: others },
        ),
      ),
    ).toEqual([
      'notice aws_autoscaling_group.one: only instances that are launched from now on follow the change of aws_launch_template.one: the group has no instance refresh.',
    ]);
  });

  it('tells that a smaller group may end instances, and a destroyed one ends all', () => {
    expect(lines(reviewOf(update('aws_autoscaling_group', { max_size: 4 }, { max_size: 3 })))).toEqual([
      'notice aws_autoscaling_group.one: max_size goes from 4 to 3: instances may be terminated.',
    ]);
    expect(lines(reviewOf({ type: 'aws_autoscaling_group', before: { max_size: 4 } }))).toEqual([
      'warning aws_autoscaling_group.one: is destroyed: all its instances are terminated.',
    ]);
  });

  it('tells that a warm pool goes, and nothing of one that stays', () => {
    const pool = { warm_pool: [{ pool_state: 'Stopped', min_size: 1 }] };
    expect(lines(reviewOf(update('aws_autoscaling_group', pool, { warm_pool: [] })))).toEqual([
      'notice aws_autoscaling_group.one: its warm pool is deleted: the instances in it are terminated, and new ones boot from the beginning.',
    ]);
    const smaller = { warm_pool: [{ pool_state: 'Stopped', min_size: 0 }] };
    expect(lines(reviewOf(update('aws_autoscaling_group', pool, smaller)))).toEqual([]);
    expect(lines(reviewOf(update('aws_autoscaling_group', { warm_pool: [] }, pool)))).toEqual([]);
  });

  it.each([
    [
      'TERMINATING',
      'a terminated instance is not waited for: its tasks come back after their visibility timeout',
    ],
    [
      'LAUNCHING',
      'a launching instance is not waited for: one of a warm pool may be stopped before it has booted',
    ],
  ])('tells what a lifecycle hook waited for that is destroyed: EC2_INSTANCE_%s', (transition, text) => {
    const before = { lifecycle_transition: `autoscaling:EC2_INSTANCE_${transition}` };
    expect(lines(reviewOf({ type: 'aws_autoscaling_lifecycle_hook', before }))).toEqual([
      `warning aws_autoscaling_lifecycle_hook.one: is destroyed: ${text}.`,
    ]);
  });

  it('tells what others changed only where the plan changes it back', () => {
    const drifted = update('aws_sqs_queue', { delay_seconds: 0, tags: null }, { delay_seconds: 5, tags: {} });
    const changedBack = update('aws_sqs_queue', { delay_seconds: 5 }, { delay_seconds: 0 });
    const reviewed = (...resources: Planned[]): string[] =>
      lines(review(parsePlan(planText(resources, [drifted])), SynthesizedResources.none));
    expect(reviewed(changedBack)).toEqual([
      'warning aws_sqs_queue.one: somebody changed it since the last apply, and that is changed back: delay_seconds.',
    ]);
    expect(reviewed()).toEqual([]);
  });

  it('puts what loses data first, and the most severe of a topic before the others', () => {
    const { findings, worst } = reviewOf(
      { type: 'aws_lb', after: { internal: false } },
      update('aws_sqs_queue', { message_retention_seconds: 2 }, { message_retention_seconds: 1 }),
      { type: 'aws_kms_key', before: {} },
    );
    expect(findings.map(({ topic, severity }) => `${topic} ${severity}`)).toEqual([
      'data critical',
      'data warning',
      'exposure warning',
    ]);
    expect(worst).toBe('critical');
  });
});
