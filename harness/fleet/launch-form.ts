import type { ResponseLaunchTemplateData } from '@aws-sdk/client-ec2';

/** Parameters of RunInstances, as the EC2 query protocol writes them: `SecurityGroupId.1`. */
type Form = Map<string, string>;

function scalars(form: Form, prefix: string, values: object | undefined, names: readonly string[]): void {
  for (const name of names) {
    const value: unknown = values === undefined ? undefined : Reflect.get(values, name);
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      form.set(`${prefix}${name}`, String(value));
    }
  }
}

/**
 * The security groups of a template's instances, which stand in its network interface where it describes one. Whether
 * that has a public address is up to the subnet here.
 */
function securityGroups({
  SecurityGroupIds = [],
  NetworkInterfaces = [],
}: ResponseLaunchTemplateData): string[] {
  const primary = NetworkInterfaces.find(({ DeviceIndex = 0 }) => DeviceIndex === 0);
  return primary?.Groups ?? SecurityGroupIds;
}

/** What a launch template says, as parameters of RunInstances. */
export function templateForm(data: ResponseLaunchTemplateData): Form {
  const form: Form = new Map();
  scalars(form, '', data, [
    'ImageId',
    'InstanceType',
    'KeyName',
    'UserData',
    'EbsOptimized',
    'DisableApiTermination',
  ]);
  scalars(form, 'IamInstanceProfile.', data.IamInstanceProfile, ['Arn', 'Name']);
  scalars(form, 'Monitoring.', data.Monitoring, ['Enabled']);
  scalars(form, 'MetadataOptions.', data.MetadataOptions, [
    'HttpEndpoint',
    'HttpTokens',
    'HttpPutResponseHopLimit',
    'InstanceMetadataTags',
  ]);
  securityGroups(data).forEach((id, index) => form.set(`SecurityGroupId.${index + 1}`, id));
  (data.BlockDeviceMappings ?? []).forEach((mapping, index) => {
    const prefix = `BlockDeviceMapping.${index + 1}.`;
    scalars(form, prefix, mapping, ['DeviceName', 'VirtualName', 'NoDevice']);
    scalars(form, `${prefix}Ebs.`, mapping.Ebs, [
      'DeleteOnTermination',
      'Encrypted',
      'VolumeSize',
      'VolumeType',
      'Iops',
      'Throughput',
    ]);
  });
  (data.TagSpecifications ?? []).forEach(({ ResourceType, Tags }, index) => {
    const prefix = `TagSpecification.${index + 1}.`;
    form.set(`${prefix}ResourceType`, ResourceType ?? 'instance');
    (Tags ?? []).forEach((tag, tagIndex) => {
      scalars(form, `${prefix}Tag.${tagIndex + 1}.`, tag, ['Key', 'Value']);
    });
  });
  return form;
}

/** The parameter that a name belongs to: `SecurityGroupId.1` → `SecurityGroupId`. */
const head = (name: string): string => name.split('.')[0] ?? name;

/**
 * Puts the request's parameters over the template's: what the request says replaces what the template says, parameter
 * by parameter. Tags of instances are put together, the request's over the template's.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html, LaunchTemplate
 */
export function overTemplate(request: URLSearchParams, template: Form): URLSearchParams {
  const said = new Set([...request.keys()].map(head));
  said.delete('TagSpecification');
  const merged = new URLSearchParams();
  for (const [name, value] of template) {
    if (!said.has(head(name)) && head(name) !== 'TagSpecification') {
      merged.append(name, value);
    }
  }
  for (const [name, value] of request) {
    if (head(name) !== 'LaunchTemplate' && head(name) !== 'TagSpecification') {
      merged.append(name, value);
    }
  }
  return merged;
}

/** Tags by key, of each type of resource. */
export type TagsByResource = Map<string, Map<string, string>>;

/** Reads `TagSpecification.1.Tag.2.Key` and the like. */
export function tagsOf(parameters: Iterable<readonly [string, string]>): TagsByResource {
  const form = new Map(parameters);
  const tags: TagsByResource = new Map();
  for (const [name, key] of form) {
    const [, specification] = /^TagSpecification\.(\d+)\.Tag\.\d+\.Key$/.exec(name) ?? [];
    if (specification !== undefined) {
      const resource = form.get(`TagSpecification.${specification}.ResourceType`) ?? 'instance';
      const known = tags.get(resource) ?? new Map<string, string>();
      tags.set(resource, known.set(key, form.get(name.replace(/Key$/, 'Value')) ?? ''));
    }
  }
  return tags;
}

/** Writes tags as `TagSpecification.1.Tag.2.Key` and the like. */
export function appendTags(form: URLSearchParams, tags: TagsByResource): void {
  [...tags].forEach(([resource, pairs], index) => {
    const prefix = `TagSpecification.${index + 1}.`;
    form.append(`${prefix}ResourceType`, resource);
    [...pairs].forEach(([key, value], tagIndex) => {
      form.append(`${prefix}Tag.${tagIndex + 1}.Key`, key);
      form.append(`${prefix}Tag.${tagIndex + 1}.Value`, value);
    });
  });
}
