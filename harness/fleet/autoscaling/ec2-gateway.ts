import {
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeSubnetsCommand,
  EC2Client,
  EC2ServiceException,
  type Instance,
  ModifyInstanceAttributeCommand,
  type _InstanceType,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { LaunchTemplateSpecification } from '@aws-sdk/client-auto-scaling';

import { validationError } from '../protocol/errors';
import {
  type DescribedInstance,
  type Ec2Gateway,
  type InstanceState,
  type LaunchRequest,
  type LaunchedInstance,
  NoCapacity,
  groupTag,
} from './gateway';
import type { ResolvedTemplate } from './member';

/** Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
const noCapacity = 'InsufficientInstanceCapacity';

/** Answers with Auto Scaling's error what EC2 refuses. */
async function refusable<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof EC2ServiceException) {
      const message = `${error.name}: ${error.message}`;
      throw error.name === noCapacity ? new NoCapacity(noCapacity, message) : validationError(message);
    }
    throw error;
  }
}

/** EC2 by its own API, through the edge. */
export class Ec2ApiGateway implements Ec2Gateway {
  constructor(private readonly ec2: EC2Client) {}

  async zonesOf(subnetIds: readonly string[]): Promise<Map<string, string>> {
    const { Subnets } = await refusable(
      this.ec2.send(new DescribeSubnetsCommand({ SubnetIds: [...subnetIds] })),
    );
    const zones = new Map(
      (Subnets ?? []).map(({ SubnetId, AvailabilityZone }) => [SubnetId, AvailabilityZone]),
    );
    return new Map(
      subnetIds.map((subnetId) => {
        const zone = zones.get(subnetId);
        if (zone === undefined) {
          throw validationError(`The subnet ID '${subnetId}' does not exist`);
        }
        return [subnetId, zone];
      }),
    );
  }

  async defaultSubnets(zones: readonly string[]): Promise<Map<string, string>> {
    const { Subnets } = await this.ec2.send(
      new DescribeSubnetsCommand({
        Filters: [
          { Name: 'availability-zone', Values: [...zones] },
          { Name: 'default-for-az', Values: ['true'] },
        ],
      }),
    );
    return new Map(
      zones.map((zone) => {
        const subnet = Subnets?.find(({ AvailabilityZone }) => AvailabilityZone === zone);
        if (subnet?.SubnetId === undefined) {
          throw validationError(
            `Invalid availability zones: [${zone}]. There is no such zone, or it has no default subnet: name subnets in VPCZoneIdentifier.`,
          );
        }
        return [subnet.SubnetId, zone];
      }),
    );
  }

  async resolveTemplate({
    LaunchTemplateId,
    LaunchTemplateName,
    Version,
  }: LaunchTemplateSpecification): Promise<ResolvedTemplate> {
    const { LaunchTemplateVersions } = await refusable(
      this.ec2.send(
        new DescribeLaunchTemplateVersionsCommand({
          LaunchTemplateId,
          LaunchTemplateName,
          Versions: [Version ?? '$Default'],
        }),
      ),
    );
    const found = LaunchTemplateVersions?.[0];
    if (found?.LaunchTemplateId === undefined || found.LaunchTemplateName === undefined) {
      throw validationError(
        `You must use a valid fully-formed launch template. The launch template ${LaunchTemplateId ?? LaunchTemplateName ?? ''} has no version ${Version ?? '$Default'}.`,
      );
    }
    return {
      LaunchTemplateId: found.LaunchTemplateId,
      LaunchTemplateName: found.LaunchTemplateName,
      Version: String(found.VersionNumber),
    };
  }

  async launch({ template, subnetId, purchase, tags }: LaunchRequest): Promise<LaunchedInstance> {
    const { LaunchTemplateId, Version } = template;
    const { Instances } = await refusable(
      this.ec2.send(
        new RunInstancesCommand({
          LaunchTemplate: { LaunchTemplateId, Version },
          SubnetId: subnetId,
          ...(purchase.instanceType === undefined
            ? {}
            : { InstanceType: purchase.instanceType as _InstanceType }),
          ...(purchase.spot ? { InstanceMarketOptions: { MarketType: 'spot' } } : {}),
          MinCount: 1,
          MaxCount: 1,
          TagSpecifications: [
            { ResourceType: 'instance', Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
          ],
        }),
      ),
    );
    const instance = Instances?.[0];
    if (instance?.InstanceId === undefined) {
      throw validationError('RunInstances gave no instance.');
    }
    return { instanceId: instance.InstanceId, instanceType: instance.InstanceType ?? '' };
  }

  /**
   * Protection from termination by the API keeps people from it, and not Auto Scaling.
   * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_ChangingDisableAPITermination.html
   */
  async terminate(instanceIds: readonly string[]): Promise<void> {
    const terminate = (): Promise<unknown> =>
      this.ec2.send(new TerminateInstancesCommand({ InstanceIds: [...instanceIds] }));
    const unprotected = async (error: unknown): Promise<unknown> => {
      if (!(error instanceof EC2ServiceException) || error.name !== 'OperationNotPermitted') {
        throw error;
      }
      const DisableApiTermination = { Value: false };
      await Promise.all(
        instanceIds.map((InstanceId) =>
          this.ec2.send(new ModifyInstanceAttributeCommand({ InstanceId, DisableApiTermination })),
        ),
      );
      return terminate();
    };
    await refusable(terminate().catch(unprotected));
  }

  async start(instanceIds: readonly string[]): Promise<void> {
    await refusable(this.ec2.send(new StartInstancesCommand({ InstanceIds: [...instanceIds] })));
  }

  async stop(instanceIds: readonly string[]): Promise<void> {
    await refusable(this.ec2.send(new StopInstancesCommand({ InstanceIds: [...instanceIds] })));
  }

  async states(instanceIds: readonly string[]): Promise<Map<string, InstanceState>> {
    if (instanceIds.length === 0) {
      return new Map();
    }
    const instances = await this.instances(instanceIds);
    return new Map(
      instances.flatMap(({ InstanceId, State }) =>
        InstanceId !== undefined && State?.Name !== undefined ? [[InstanceId, State.Name] as const] : [],
      ),
    );
  }

  async describe(instanceIds: readonly string[]): Promise<DescribedInstance[]> {
    const instances = await this.instances(instanceIds);
    return instanceIds.map((instanceId) => {
      const found = instances.find(({ InstanceId }) => InstanceId === instanceId);
      if (found?.State?.Name === undefined) {
        throw validationError(`Invalid Instance ID(s): [${instanceId}]: the instance does not exist.`);
      }
      return {
        instanceId,
        instanceType: found.InstanceType ?? '',
        state: found.State.Name,
        subnetId: found.SubnetId ?? '',
        availabilityZone: found.Placement?.AvailabilityZone ?? '',
      };
    });
  }

  async joinGroup(instanceIds: readonly string[], groupName: string): Promise<void> {
    const Tags = [{ Key: groupTag, Value: groupName }];
    await refusable(this.ec2.send(new CreateTagsCommand({ Resources: [...instanceIds], Tags })));
  }

  async leaveGroup(instanceIds: readonly string[]): Promise<void> {
    const Tags = [{ Key: groupTag }];
    await refusable(this.ec2.send(new DeleteTagsCommand({ Resources: [...instanceIds], Tags })));
  }

  private async instances(instanceIds: readonly string[]): Promise<Instance[]> {
    const filter = { Name: 'instance-id', Values: [...instanceIds] };
    const { Reservations } = await this.ec2.send(new DescribeInstancesCommand({ Filters: [filter] }));
    return (Reservations ?? []).flatMap((reservation) => reservation.Instances ?? []);
  }
}
