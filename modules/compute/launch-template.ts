import { LaunchTemplate } from '@cdktf/provider-aws/lib/launch-template';
import { Fn, TerraformLocal } from 'cdktf';
import type { Construct } from 'constructs';

import type { FleetSettings } from './fleet-settings';
import { newestAmazonLinux } from './machine-image';

/** Size of the disk, in GiB, where none is given. */
const usualVolumeSize = 20;

/** What makes the instances of a fleet alike, besides what a person chooses. */
export interface LaunchTemplateProps {
  readonly name: string;
  readonly instanceProfileArn: string;
  readonly securityGroupId: string;
  /** Script that cloud-init runs at the first boot. */
  readonly userData: string;
  readonly settings: FleetSettings;
}

/** The template of a fleet's instances: IMDSv2, an encrypted disk, no public address. */
export function launchTemplate(
  scope: Construct,
  { name, instanceProfileArn, securityGroupId, userData, settings }: LaunchTemplateProps,
): LaunchTemplate {
  const { instanceType, architecture = 'x86_64', imageId, keyPairName } = settings;
  // As a local value the script stays readable in the synthesized JSON.
  const script = new TerraformLocal(scope, 'user-data', userData);
  return new LaunchTemplate(scope, 'template', {
    name,
    imageId: imageId ?? newestAmazonLinux(architecture),
    instanceType,
    ...(keyPairName === undefined ? {} : { keyName: keyPairName }),
    iamInstanceProfile: { arn: instanceProfileArn },
    // Said here, it holds in every subnet, whatever the subnet maps.
    networkInterfaces: [
      { deviceIndex: 0, associatePublicIpAddress: 'false', securityGroups: [securityGroupId] },
    ],
    // One hop: a container on the instance does not get the instance's credentials.
    metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 },
    blockDeviceMappings: [
      {
        deviceName: '/dev/xvda',
        ebs: {
          volumeType: 'gp3',
          volumeSize: settings.volumeSize ?? usualVolumeSize,
          encrypted: 'true',
          deleteOnTermination: 'true',
        },
      },
    ],
    userData: Fn.base64encode(script.asString),
    updateDefaultVersion: true,
  });
}
