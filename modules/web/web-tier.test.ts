import { ArtifactBucket } from '../storage';
import { Synthesized, statements } from '../testing/synthesized';
import { account, tiers } from '../testing/tiers';
import { WebTier, type WebTierProps } from './web-tier';

const synthesize = (more: Partial<WebTierProps> = {}) =>
  Synthesized.from((scope) => {
    const { network, bucket } = tiers(scope);
    const artifacts = new ArtifactBucket(scope, 'artifacts', { bucketName: 'the-artifacts' });
    return new WebTier(scope, 'web', {
      region: account.region,
      network,
      bucket,
      name: 'films-web',
      artifacts: [artifacts.add('web', __filename)],
      instanceType: 't3.small',
      minSize: 2,
      desiredCapacity: 2,
      maxSize: 4,
      ...more,
    });
  });

describe('a web tier', () => {
  it('runs the site in a group of its own behind its load balancer, in private subnets', () => {
    const stack = synthesize();
    expect(stack.one('aws_autoscaling_group')).toMatchObject({
      name: 'films-web',
      min_size: 2,
      desired_capacity: 2,
      max_size: 4,
      health_check_type: 'ELB',
      target_group_arns: [stack.reference(stack.built.targetGroupArn)],
    });
    const group = stack.one('aws_autoscaling_group').vpc_zone_identifier;
    expect(group).not.toEqual(stack.reference(stack.built.publicSubnets.subnetIds));
    expect(stack.one('aws_lb').subnets).toEqual(stack.reference(stack.built.publicSubnets.subnetIds));
  });

  it('holds no terminating instance: the load balancer has drained it before', () => {
    expect(synthesize().all('aws_autoscaling_lifecycle_hook')).toEqual([]);
  });

  it('checks the health page often, drains shortly, and ties nobody to an instance', () => {
    expect(synthesize().one('aws_lb_target_group')).toMatchObject({
      port: 8080,
      protocol: 'HTTP',
      target_type: 'instance',
      deregistration_delay: '20',
      health_check: {
        path: '/health',
        matcher: '200',
        interval: 5,
        healthy_threshold: 2,
        unhealthy_threshold: 2,
      },
      stickiness: { enabled: false },
    });
  });

  it('lets only its load balancer in, where the site listens', () => {
    const stack = synthesize();
    const instances = stack.reference(stack.built.instances.securityGroup.id);
    const rules = stack
      .all('aws_vpc_security_group_ingress_rule')
      .filter((rule) => rule.security_group_id === instances);
    expect(rules).toMatchObject([{ from_port: 8080, to_port: 8080 }]);
    expect(rules[0]!.cidr_ipv4).toBeUndefined();
    const script = String(stack.locals[0]);
    expect(script).toContain('Environment="PORT=8080"');
    expect(script).toContain('ExecStart=/opt/upload-pipeline/bin/upload-site');
  });

  it('may upload, read results and list both, and nothing else', () => {
    const allowed = statements(synthesize().one('aws_iam_role_policy').policy);
    expect(Object.fromEntries(Object.values(allowed).map(({ Sid, Action }) => [Sid, Action]))).toEqual({
      DownloadArtifacts: 's3:GetObject',
      Upload: 's3:PutObject',
      ReadResults: 's3:GetObject',
      List: 's3:ListBucket',
    });
    expect(allowed.Upload!.Resource).toMatch(/\/uploads\/\*$/);
    expect(allowed.ReadResults!.Resource).toMatch(/\/processed\/\*$/);
    expect(allowed.List!.Condition).toEqual({ StringLike: { 's3:prefix': ['uploads/*', 'processed/*'] } });
  });

  it('keeps to 1000 requests a minute for each instance, once requests can come', () => {
    const stack = synthesize();
    const policy = stack.one('aws_autoscaling_policy');
    expect(policy).toMatchObject({
      policy_type: 'TargetTrackingScaling',
      target_tracking_configuration: {
        target_value: 1000,
        predefined_metric_specification: { predefined_metric_type: 'ALBRequestCountPerTarget' },
      },
      depends_on: [expect.stringContaining('aws_lb_listener')],
    });
    expect(JSON.stringify(policy)).toMatch(
      /"resource_label":"\$\{aws_lb\.[^}]+\.arn_suffix\}\/\$\{aws_lb_target_group\.[^}]+\.arn_suffix\}"/,
    );
  });

  it('keeps to as many requests as asked', () => {
    expect(synthesize({ requestsPerTarget: 50 }).one('aws_autoscaling_policy')).toMatchObject({
      target_tracking_configuration: { target_value: 50 },
    });
  });

  it('knows how many instances are healthy', () => {
    const stack = synthesize();
    const { dimensions, statistic } = stack.built.metricHealthyHosts();
    expect(statistic).toBe('Minimum');
    expect(stack.reference(dimensions.TargetGroup)).toMatch(/aws_lb_target_group\..+\.arn_suffix/);
  });

  it.each<[string, Partial<WebTierProps>, string]>([
    ['no request at all', { requestsPerTarget: 0 }, 'requestsPerTarget is 0; it must be more than 0'],
    ['min above desired', { minSize: 3 }, 'minSize is 3'],
    ['a name that is too long', { name: 'x'.repeat(33) }, 'allows up to 32 letters'],
  ])('refuses %s', (_, more, message) => {
    expect(() => synthesize(more)).toThrow(message);
  });
});
