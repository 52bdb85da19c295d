import { Synthesized } from '../testing/synthesized';
import { tiers } from '../testing/tiers';
import { PublicSubnets } from '../network';
import { LoadBalancer, type LoadBalancerProps } from './load-balancer';

const certificateArn = 'arn:aws:acm:us-east-2:111122223333:certificate/0b1c';

const synthesize = (more: Partial<LoadBalancerProps> = {}) =>
  Synthesized.from((scope) => {
    const { network } = tiers(scope);
    const publicSubnets = new PublicSubnets(scope, 'public', { network });
    const instances = network.instanceSecurityGroup('web', 'Web servers');
    const loadBalancer = new LoadBalancer(scope, 'load-balancer', {
      name: 'films-web',
      network,
      publicSubnets,
      targetGroupArn: 'arn:the-targets',
      ...more,
    });
    loadBalancer.connect(instances, 8080);
    return { loadBalancer, publicSubnets, instances };
  });

describe('a load balancer', () => {
  it('serves the internet from the public subnets, once they reach it', () => {
    const stack = synthesize();
    expect(stack.one('aws_lb')).toMatchObject({
      name: 'films-web',
      internal: false,
      load_balancer_type: 'application',
      subnets: stack.reference(stack.built.publicSubnets.subnetIds),
      depends_on: expect.arrayContaining([expect.stringContaining('aws_internet_gateway')]) as unknown,
    });
  });

  it('speaks HTTP/2 and drops headers with invalid names', () => {
    expect(synthesize().one('aws_lb')).toMatchObject({
      enable_http2: true,
      drop_invalid_header_fields: true,
    });
  });

  describe('without a certificate', () => {
    it('forwards HTTP', () => {
      const stack = synthesize();
      expect(stack.one('aws_lb_listener')).toMatchObject({
        port: 80,
        protocol: 'HTTP',
        default_action: [{ type: 'forward', target_group_arn: 'arn:the-targets' }],
      });
      expect(stack.reference(stack.built.loadBalancer.url)).toMatch(/^http:\/\/\$\{aws_lb\..+\.dns_name\}$/);
    });

    it('lets everyone in on port 80 only', () => {
      const open = synthesize()
        .all('aws_vpc_security_group_ingress_rule')
        .filter((rule) => rule.cidr_ipv4 !== undefined);
      expect(open).toMatchObject([{ cidr_ipv4: '0.0.0.0/0', from_port: 80, to_port: 80 }]);
    });
  });

  describe('with a certificate', () => {
    it('forwards HTTPS of TLS 1.2 and newer, and redirects HTTP to it', () => {
      const stack = synthesize({ certificateArn });
      expect(stack.one('aws_lb_listener', { port: 443 })).toMatchObject({
        protocol: 'HTTPS',
        certificate_arn: certificateArn,
        ssl_policy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
        default_action: [{ type: 'forward' }],
      });
      expect(stack.one('aws_lb_listener', { port: 80 }).default_action).toMatchObject([
        { type: 'redirect', redirect: { protocol: 'HTTPS', port: '443', status_code: 'HTTP_301' } },
      ]);
      expect(stack.reference(stack.built.loadBalancer.url)).toMatch(/^https:/);
    });

    it('lets everyone in on ports 80 and 443', () => {
      const open = synthesize({ certificateArn })
        .all('aws_vpc_security_group_ingress_rule')
        .filter((rule) => rule.cidr_ipv4 !== undefined);
      expect(open.map((rule) => rule.from_port).sort()).toEqual([443, 80]);
    });
  });

  it('reaches the instances it is connected with, which nothing else does', () => {
    const stack = synthesize();
    const { loadBalancer, instances } = stack.built;
    const [group, others] = [loadBalancer.securityGroup.id, instances.id].map((id) => stack.reference(id));
    expect(
      stack.all('aws_vpc_security_group_ingress_rule').filter((rule) => rule.security_group_id === others),
    ).toMatchObject([{ referenced_security_group_id: group, from_port: 8080, to_port: 8080 }]);
    expect(
      stack.all('aws_vpc_security_group_egress_rule').filter((rule) => rule.security_group_id === group),
    ).toMatchObject([{ referenced_security_group_id: others, from_port: 8080, to_port: 8080 }]);
  });

  it('can be deleted and keeps no access logs', () => {
    const loadBalancer = synthesize().one('aws_lb');
    expect(loadBalancer.enable_deletion_protection).toBe(false);
    expect(loadBalancer.access_logs).toBeUndefined();
  });

  it('is protected and logged where asked', () => {
    expect(
      synthesize({ deletionProtection: true, accessLogBucketName: 'the-logs' }).one('aws_lb'),
    ).toMatchObject({
      enable_deletion_protection: true,
      access_logs: { bucket: 'the-logs', prefix: 'films-web', enabled: true },
    });
  });

  it('knows its metrics', () => {
    const stack = synthesize();
    const { loadBalancer } = stack.built;
    expect(loadBalancer.metricRequestCount()).toMatchObject({
      namespace: 'AWS/ApplicationELB',
      metricName: 'RequestCount',
      statistic: 'Sum',
    });
    expect(loadBalancer.metricElb5xxCount({ period: 300 })).toMatchObject({
      metricName: 'HTTPCode_ELB_5XX_Count',
      period: 300,
    });
    const { dimensions } = loadBalancer.metricTargetResponseTime();
    expect(stack.reference(dimensions.LoadBalancer)).toMatch(/^\$\{aws_lb\..+\.arn_suffix\}$/);
  });

  it.each<[string, Partial<LoadBalancerProps>, string]>([
    ['a name that is too long', { name: 'x'.repeat(33) }, 'allows up to 32 letters'],
    ['a name that AWS keeps for itself', { name: 'internal-web' }, 'name is "internal-web"'],
    ['a name that ends with a hyphen', { name: 'web-' }, 'name is "web-"'],
    ['a certificate that is none', { certificateArn: 'films.example' }, 'certificateArn is "films.example"'],
    ['logs in no bucket', { accessLogBucketName: 'Logs' }, 'accessLogBucketName is "Logs"'],
  ])('refuses %s', (_, more, message) => {
    expect(() => synthesize(more)).toThrow(message);
  });
});
