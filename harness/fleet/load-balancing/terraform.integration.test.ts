import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Edge } from '../../edge/edge';
import { processBackend } from '../../emulator/process';
import { Closing } from '../../support/closing';
import { Terraform } from '../../terraform/terraform';
import { WallClock } from '../clock';
import { Fleet } from '../fleet';
import { everyRight } from '../testing/rights';
import { closeTargets, namedTarget } from './testing/target';

const region = 'us-east-2';
const certificate = `arn:aws:acm:${region}:000000000000:certificate/12345678-1234-1234-1234-123456789012`;

/** Every shape of the resources of Elastic Load Balancing that the provider and this emulation both know. */
function configuration(endpoint: string, target: { readonly host: string; readonly port: number }): object {
  const services = ['autoscaling', 'ec2', 'elbv2', 'iam', 'sts'];
  const group = (name: string, settings: object): object => ({
    name,
    port: 8080,
    protocol: 'HTTP',
    vpc_id: '${aws_vpc.main.id}',
    ...settings,
  });
  const rule = (priority: number, condition: object, action: object): object => ({
    listener_arn: '${aws_lb_listener.http.arn}',
    priority,
    condition,
    action,
  });
  const fixed = (body: string): object => ({
    type: 'fixed-response',
    fixed_response: { content_type: 'text/plain', message_body: body, status_code: '200' },
  });
  return {
    terraform: {
      backend: { local: {} },
      required_providers: { aws: { source: 'hashicorp/aws', version: '5.100.0' } },
    },
    provider: {
      aws: {
        region,
        access_key: 'test',
        secret_key: 'test',
        skip_metadata_api_check: true,
        endpoints: Object.fromEntries(services.map((service) => [service, endpoint])),
      },
    },
    resource: {
      aws_vpc: { main: { cidr_block: '10.0.0.0/16' } },
      aws_subnet: Object.fromEntries(
        ['a', 'b'].map((zone, index) => [
          zone,
          {
            vpc_id: '${aws_vpc.main.id}',
            cidr_block: `10.0.${index}.0/24`,
            availability_zone: `${region}${zone}`,
          },
        ]),
      ),
      aws_security_group: { lb: { vpc_id: '${aws_vpc.main.id}', description: 'load balancer' } },
      aws_lb: {
        web: {
          name: 'web',
          subnets: ['${aws_subnet.a.id}', '${aws_subnet.b.id}'],
          security_groups: ['${aws_security_group.lb.id}'],
          idle_timeout: 30,
          drop_invalid_header_fields: true,
          tags: { tier: 'web' },
        },
      },
      aws_lb_target_group: {
        addresses: group('addresses', {
          target_type: 'ip',
          deregistration_delay: 5,
          load_balancing_algorithm_type: 'least_outstanding_requests',
          stickiness: { type: 'lb_cookie', cookie_duration: 600, enabled: true },
          health_check: {
            path: '/health',
            interval: 5,
            timeout: 2,
            matcher: '200-299',
            healthy_threshold: 2,
          },
        }),
        instances: group('instances', { slow_start: 30, protocol_version: 'HTTP1' }),
      },
      aws_lb_target_group_attachment: {
        target: {
          target_group_arn: '${aws_lb_target_group.addresses.arn}',
          target_id: target.host,
          port: target.port,
        },
      },
      aws_lb_listener: {
        http: {
          load_balancer_arn: '${aws_lb.web.arn}',
          port: 80,
          protocol: 'HTTP',
          default_action: { type: 'forward', target_group_arn: '${aws_lb_target_group.addresses.arn}' },
        },
        https: {
          load_balancer_arn: '${aws_lb.web.arn}',
          port: 443,
          protocol: 'HTTPS',
          ssl_policy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
          certificate_arn: certificate,
          routing_http_response_server_enabled: false,
          default_action: {
            type: 'forward',
            forward: {
              target_group: [
                { arn: '${aws_lb_target_group.addresses.arn}', weight: 1 },
                { arn: '${aws_lb_target_group.instances.arn}', weight: 0 },
              ],
              stickiness: { enabled: true, duration: 600 },
            },
          },
        },
      },
      aws_lb_listener_rule: {
        host: rule(1, { host_header: { values: ['api.example.com', '*.api.example.com'] } }, fixed('host')),
        path: rule(2, { path_pattern: { values: ['/fixed/*'] } }, fixed('path')),
        header: rule(3, { http_header: { http_header_name: 'X-Test', values: ['*yes*'] } }, fixed('header')),
        query: rule(4, { query_string: { key: 'version', value: 'v1' } }, fixed('query')),
        method: rule(5, { http_request_method: { values: ['PUT'] } }, fixed('method')),
        source: rule(6, { source_ip: { values: ['192.0.2.0/24'] } }, fixed('source')),
        redirect: rule(
          7,
          { path_pattern: { values: ['/secure'] } },
          {
            type: 'redirect',
            redirect: { port: '443', protocol: 'HTTPS', status_code: 'HTTP_301' },
          },
        ),
      },
      aws_launch_template: { web: { name: 'web', image_id: 'ami-024f768332f0', instance_type: 't3.micro' } },
      aws_autoscaling_group: {
        web: {
          name: 'web',
          min_size: 0,
          max_size: 1,
          vpc_zone_identifier: ['${aws_subnet.a.id}'],
          target_group_arns: ['${aws_lb_target_group.instances.arn}'],
          health_check_type: 'ELB',
          launch_template: { id: '${aws_launch_template.web.id}' },
        },
      },
    },
  };
}

describe('load balancing by the real Terraform provider', () => {
  let edge: Edge;
  let fleet: Fleet;
  let terraform: Terraform;
  const errors: unknown[] = [];
  const closing = new Closing();

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'load-balancing-'));
    closing.add(() => rm(folder, { recursive: true, force: true }));
    edge = await Edge.start();
    closing.add(() => edge.close());
    const emulator = await processBackend.start({
      folder: join(folder, 'localstack'),
      publicUrl: edge.url,
      onProgress: () => undefined,
    });
    closing.add(() => emulator.stop());
    edge.forwardTo(emulator.url);
    fleet = Fleet.start({
      edge,
      region,
      // No instance is launched here.
      bodies: {
        name: 'none',
        boot: () => Promise.reject(new Error('no instance is launched in this test')),
        discard: () => Promise.resolve(),
        close: () => Promise.resolve(),
      },
      rights: everyRight,
      clock: new WallClock(),
      onError: (error) => errors.push(error),
    });
    closing.add(() => fleet.close());
    closing.add(closeTargets);
    const stack = join(folder, 'stack');
    await mkdir(stack);
    const target = await namedTarget('the target');
    await writeFile(join(stack, 'main.tf.json'), JSON.stringify(configuration(edge.url, target)));
    terraform = await Terraform.open({
      workingFolder: stack,
      stateFolder: join(folder, 'state'),
      onProgress: () => undefined,
    });
    await terraform.init();
  }, 300_000);

  afterAll(() => closing.close(), 60_000);

  it('is applied, and a second plan finds nothing to change', async () => {
    await terraform.apply();
    expect(await terraform.plan()).toMatchObject({ changes: false, changed: [] });
  }, 300_000);

  it('then really balances', async () => {
    const { listeners } = fleet.loadBalancers()[0]!;
    // Terraform makes them side by side: either may come first.
    const http = listeners.find(({ url }) => url.startsWith('http:'));
    const https = listeners.find(({ url }) => url.startsWith('https:'));
    const get = async (path: string, init?: RequestInit): Promise<string> =>
      (await fetch(`${http!.url}${path}`, init)).text();
    expect(await get('/')).toBe('the target');
    expect(await get('/fixed/x')).toBe('path');
    expect(await get('/', { headers: { 'x-test': 'oh yes' } })).toBe('header');
    expect(await get('/?version=v1')).toBe('query');
    expect(await get('/', { method: 'PUT' })).toBe('method');
    const redirect = await fetch(`${http!.url}/secure?a=b`, { redirect: 'manual' });
    expect([redirect.status, redirect.headers.get('location')]).toEqual([301, `${https!.url}/secure?a=b`]);
  });

  it('is destroyed, and nothing listens any more', async () => {
    const [http] = fleet.loadBalancers()[0]!.listeners;
    await terraform.destroy();
    expect(fleet.loadBalancers()).toEqual([]);
    await expect(fetch(http!.url)).rejects.toThrow('fetch failed');
    expect(errors).toEqual([]);
  }, 300_000);
});
