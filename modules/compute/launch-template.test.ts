import { Synthesized } from '../testing/synthesized';
import type { FleetSettings } from './fleet-settings';
import { launchTemplate } from './launch-template';

const synthesize = (more: Partial<FleetSettings> = {}) =>
  Synthesized.from((scope) =>
    launchTemplate(scope, {
      name: 'workers',
      instanceProfileArn: 'arn:aws:iam::111122223333:instance-profile/workers',
      securityGroupId: 'sg-1',
      userData: '#!/bin/bash',
      settings: { instanceType: 't3.small', minSize: 1, desiredCapacity: 1, maxSize: 1, ...more },
    }),
  ).one('aws_launch_template');

describe('a launch template', () => {
  it('wants IMDSv2, one hop away', () => {
    expect(synthesize().metadata_options).toEqual({
      http_endpoint: 'enabled',
      http_tokens: 'required',
      http_put_response_hop_limit: 1,
    });
  });

  it('gives no public address, in whatever subnet, and the security group', () => {
    const template = synthesize();
    expect(template.network_interfaces).toEqual([
      { device_index: 0, associate_public_ip_address: 'false', security_groups: ['sg-1'] },
    ]);
    expect(template.vpc_security_group_ids).toBeUndefined();
  });

  it('encrypts a gp3 disk of 20 GiB, which goes with its instance', () => {
    expect(synthesize().block_device_mappings).toEqual([
      {
        device_name: '/dev/xvda',
        ebs: { volume_type: 'gp3', volume_size: 20, encrypted: 'true', delete_on_termination: 'true' },
      },
    ]);
  });

  it('makes the disk as large as asked, and encrypts it too', () => {
    expect(synthesize({ volumeSize: 200 }).block_device_mappings).toMatchObject([
      { ebs: { volume_size: 200, encrypted: 'true' } },
    ]);
  });

  it('takes the newest Amazon Linux 2023 for x86-64, and no key pair', () => {
    const template = synthesize();
    expect(template.image_id).toBe(
      'resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64',
    );
    expect(template.key_name).toBeUndefined();
  });

  it('takes that for Graviton where the artifacts are for it', () => {
    expect(synthesize({ architecture: 'arm64', instanceType: 't4g.small' }).image_id).toMatch(/-arm64$/);
  });

  it.each(['ami-0123456789abcdef0', 'resolve:ssm:/images/golden'])('takes the AMI %s', (imageId) => {
    expect(synthesize({ imageId }).image_id).toBe(imageId);
  });

  it('takes the key pair that is given', () => {
    expect(synthesize({ keyPairName: 'anna' }).key_name).toBe('anna');
  });
});
