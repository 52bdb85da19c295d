import { ArtifactBucket } from '../storage';
import { Synthesized, statements } from '../testing/synthesized';
import { account, tiers } from '../testing/tiers';
import { InstanceFleet, type InstanceFleetProps } from './instance-fleet';

const synthesize = (more: Partial<InstanceFleetProps> = {}) =>
  Synthesized.from((scope) => {
    const { network } = tiers(scope);
    const artifacts = new ArtifactBucket(scope, 'artifacts', { bucketName: 'the-artifacts' });
    const artifact = artifacts.add('program', __filename);
    const fleet = new InstanceFleet(scope, 'fleet', {
      region: account.region,
      network,
      name: 'programs',
      minSize: 2,
      desiredCapacity: 2,
      maxSize: 4,
      instanceType: 't3.small',
      securityGroup: { id: 'programs', description: 'Programs' },
      artifacts: [artifact],
      service: { unit: 'program.service', description: 'A program', program: 'bin/program', environment: {} },
      ...more,
    });
    return { network, fleet, artifact };
  });

describe('a fleet of instances', () => {
  it('spreads its group over all subnets, in a security group of its own', () => {
    const stack = synthesize();
    expect(stack.one('aws_autoscaling_group')).toMatchObject({
      name: 'programs',
      min_size: 2,
      desired_capacity: 2,
      max_size: 4,
      vpc_zone_identifier: stack.reference(stack.built.network.subnetIds),
    });
    expect(stack.one('aws_launch_template').vpc_security_group_ids).toEqual([
      stack.reference(stack.built.fleet.securityGroup.id),
    ]);
  });

  it('may download its artifacts and nothing else', () => {
    const stack = synthesize();
    const allowed = statements(stack.one('aws_iam_role_policy').policy);
    expect(Object.keys(allowed)).toEqual(['DownloadArtifacts']);
    expect(allowed.DownloadArtifacts).toMatchObject({
      Action: 's3:GetObject',
      Resource: [stack.reference(stack.built.artifact.arn)],
    });
  });

  it('stands behind no load balancer, and EC2 decides on its health', () => {
    const group = synthesize().one('aws_autoscaling_group');
    expect(group.health_check_type).toBe('EC2');
    expect(group.target_group_arns).toBeUndefined();
    expect(group.load_balancers).toBeUndefined();
  });

  it('stands behind the target groups that are given, which then decide on its health', () => {
    expect(
      synthesize({ targetGroupArns: ['arn:aws:elasticloadbalancing:target'] }).one('aws_autoscaling_group'),
    ).toMatchObject({
      health_check_type: 'ELB',
      target_group_arns: ['arn:aws:elasticloadbalancing:target'],
    });
  });

  it('leaves the desired capacity to the scaling policies after the first apply', () => {
    expect(synthesize().one('aws_autoscaling_group').lifecycle).toEqual({
      ignore_changes: ['desired_capacity'],
    });
  });

  it('boots no instance before it can reach its artifact and may take it', () => {
    const needs = synthesize().one('aws_autoscaling_group').depends_on as string[];
    for (const need of [/aws_iam_role_policy\./, /aws_vpc_endpoint\./, /aws_route_table_association\./]) {
      expect(needs).toContainEqual(expect.stringMatching(need));
    }
  });

  it('wants IMDSv2, one hop away', () => {
    expect(synthesize().one('aws_launch_template').metadata_options).toEqual({
      http_endpoint: 'enabled',
      http_tokens: 'required',
      http_put_response_hop_limit: 1,
    });
  });

  it('encrypts the disk of its instances', () => {
    expect(synthesize().one('aws_launch_template').block_device_mappings).toMatchObject([
      { ebs: { volume_type: 'gp3', encrypted: 'true' } },
    ]);
  });

  it('takes the newest Amazon Linux 2023 and no key pair', () => {
    const template = synthesize().one('aws_launch_template');
    expect(template.image_id).toMatch(/^resolve:ssm:\/aws\/service\/ami-amazon-linux-latest\/al2023-/);
    expect(template.key_name).toBeUndefined();
  });

  it('takes the AMI and the key pair that are given', () => {
    const template = synthesize({ imageId: 'ami-0123456789abcdef0', keyPairName: 'anna' }).one(
      'aws_launch_template',
    );
    expect(template).toMatchObject({ image_id: 'ami-0123456789abcdef0', key_name: 'anna' });
  });

  it('waits two minutes for an instance that drains, and then goes on', () => {
    expect(synthesize().one('aws_autoscaling_lifecycle_hook')).toMatchObject({
      name: 'programs-drain',
      lifecycle_transition: 'autoscaling:EC2_INSTANCE_TERMINATING',
      heartbeat_timeout: 120,
      default_result: 'CONTINUE',
    });
  });

  it('waits for a draining instance as long as asked', () => {
    expect(synthesize({ drainSeconds: 600 }).one('aws_autoscaling_lifecycle_hook').heartbeat_timeout).toBe(
      600,
    );
  });

  it('refuses a group whose min exceeds its desired capacity', () => {
    expect(() => synthesize({ minSize: 3 })).toThrow('minSize is 3; it must not exceed desiredCapacity (2).');
  });
});
