import {
  DescribeInstancesCommand,
  DescribeInstanceAttributeCommand,
  type EC2Client,
  EC2ServiceException,
  type Instance,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';

import { allEnded } from '../support/all-ended';
import { groupTag } from './autoscaling/gateway';
import type { Body, BodyBackend } from './bodies/body';
import { type MetadataService, startMetadata } from './metadata/metadata';
import type { InstanceFacts } from './metadata/tree';
import type { Roles } from './roles';

/** A running EC2 instance, as EC2 records it. */
export interface InstanceView {
  readonly instanceId: string;
  readonly zone: string;
  readonly state: string;
  /** E.g. `t3.micro`. */
  readonly instanceType: string;
  /** Its Auto Scaling group, if it is in one. */
  readonly groupName: string | undefined;
}

/** What an instance has from its launch to its end, however often it is stopped and started. */
interface Machine {
  readonly metadata: MetadataService;
  userData: Buffer;
  /** Its body of the last boot. */
  booted: Promise<Body>;
}

/** What the bodies need of the world around them. */
export interface InstancesOptions {
  readonly ec2: EC2Client;
  readonly roles: Roles;
  readonly bodies: BodyBackend;
  /** URL of the edge. */
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  /** Where the group of an instance wants it, for its metadata. */
  readonly targetLifecycleState: (instanceId: string) => string | undefined;
  /** Told that EC2's records were looked at, before bodies follow them: a load balancer sends a body no more requests then. */
  readonly onRecords: () => void;
  /** Told of what goes wrong outside of any request. */
  readonly onError: (error: unknown) => void;
}

/** Gives every running instance of EC2 a body, and takes it from those that run no more. */
export class Instances {
  private records = new Map<string, Instance>();
  private readonly machines = new Map<string, Machine>();
  private readonly bodies = new Map<string, Body>();
  private readonly consoles = new Map<string, Body>();
  private working: Promise<void> | undefined;
  private again = false;
  private closed = false;

  constructor(private readonly options: InstancesOptions) {}

  /** Instances that EC2 does not record as terminated. */
  views(): InstanceView[] {
    return [...this.records.values()].flatMap(({ InstanceId, InstanceType, Placement, State, Tags }) =>
      InstanceId === undefined || State?.Name === 'terminated'
        ? []
        : [
            {
              instanceId: InstanceId,
              zone: Placement?.AvailabilityZone ?? '',
              state: State?.Name ?? '',
              instanceType: InstanceType ?? '',
              groupName: Tags?.find(({ Key }) => Key === groupTag)?.Value,
            },
          ],
    );
  }

  /** EC2's state of an instance when it was last looked at; `undefined` for one that it does not know. */
  state(instanceId: string): string | undefined {
    return this.records.get(instanceId)?.State?.Name;
  }

  body(instanceId: string): Body | undefined {
    return this.bodies.get(instanceId);
  }

  /** Where this machine reaches what listens inside the body of a running instance. */
  address(instanceId: string): string | undefined {
    return this.body(instanceId)?.address;
  }

  /** What the console of an instance shows, also after its end; `undefined` for one that EC2 does not know. */
  async consoleOutput(instanceId: string): Promise<string | undefined> {
    const body = this.consoles.get(instanceId);
    if (body !== undefined) {
      return body.consoleOutput();
    }
    try {
      await this.options.ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
      return '';
    } catch (error) {
      if (error instanceof EC2ServiceException && error.name.startsWith('InvalidInstanceID.')) {
        return undefined;
      }
      throw error;
    }
  }

  /** Looks at EC2's records and follows them. Calls during a run make it run once more. */
  async reconcile(): Promise<void> {
    if (this.closed) {
      return;
    }
    if (this.working !== undefined) {
      this.again = true;
      return this.working;
    }
    this.working = this.follow();
    try {
      await this.working;
    } finally {
      this.working = undefined;
    }
    if (this.again) {
      this.again = false;
      await this.reconcile();
    }
  }

  /** Ends what a reboot ends; the reconciliation that follows boots it again. */
  async reboot(instanceIds: readonly string[]): Promise<void> {
    await Promise.all(instanceIds.map((instanceId) => this.disembody(instanceId)));
    await this.reconcile();
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.working?.catch(() => undefined);
    await allEnded([...this.machines.keys()].map((instanceId) => this.discard(instanceId)));
  }

  private async follow(): Promise<void> {
    const { Reservations } = await this.options.ec2.send(new DescribeInstancesCommand({}));
    const records = (Reservations ?? []).flatMap((reservation) => reservation.Instances ?? []);
    this.records = new Map(
      records.flatMap((record) => (record.InstanceId === undefined ? [] : [[record.InstanceId, record]])),
    );
    this.options.onRecords();
    const runs = (instanceId: string): boolean => this.state(instanceId) === 'running';
    const isGone = (instanceId: string): boolean => (this.state(instanceId) ?? 'terminated') === 'terminated';
    // The next run begins no boot anew that is still under way.
    await allEnded([
      ...[...this.machines.keys()]
        .filter((instanceId) => !runs(instanceId))
        .map((instanceId) => (isGone(instanceId) ? this.discard(instanceId) : this.disembody(instanceId))),
      ...[...this.records]
        .filter(([instanceId]) => runs(instanceId) && !this.bodies.has(instanceId))
        .map(([instanceId, record]) => this.embody(instanceId, record)),
    ]);
  }

  private async embody(instanceId: string, record: Instance): Promise<void> {
    const { ec2, bodies, endpoint } = this.options;
    const { UserData } = await ec2.send(
      new DescribeInstanceAttributeCommand({ InstanceId: instanceId, Attribute: 'userData' }),
    );
    const userData = Buffer.from(UserData?.Value ?? '', 'base64');
    const booted = Promise.withResolvers<Body>();
    const machine = await this.machine(instanceId, record, userData, booted.promise);
    const body = await bodies.boot({
      instanceId,
      privateIpAddress: record.PrivateIpAddress ?? '',
      userData,
      metadataEndpoint: machine.metadata.endpoint,
      endpoint,
    });
    booted.resolve(body);
    this.bodies.set(instanceId, body);
    this.consoles.set(instanceId, body);
    void body.exited.then(() => this.shutDown(instanceId, body));
  }

  /** What an instance has already, made ready for another boot, or else made for its first. */
  private async machine(
    instanceId: string,
    record: Instance,
    userData: Buffer,
    booted: Promise<Body>,
  ): Promise<Machine> {
    const known = this.machines.get(instanceId);
    if (known !== undefined) {
      return Object.assign(known, { userData, booted });
    }
    const facts = (): Promise<InstanceFacts> => this.facts(instanceId, record, machine);
    const machine = { metadata: await startMetadata(facts), userData, booted };
    this.machines.set(instanceId, machine);
    void facts()
      .then(({ role }) => role?.credentials())
      // EC2 has them by the time that the instance boots. Where they cannot be had yet, whoever asks for them is told.
      .catch(() => undefined);
    return machine;
  }

  /**
   * Stops an instance whose process 1 ended by itself, as EC2 does with one that is shut down from inside.
   * Source: «Change instance initiated shutdown behavior», Amazon EC2 user guide; the default is stop.
   */
  private async shutDown(instanceId: string, body: Body): Promise<void> {
    if (this.closed || this.body(instanceId) !== body) {
      return;
    }
    try {
      await this.options.ec2.send(new StopInstancesCommand({ InstanceIds: [instanceId] }));
    } catch (error) {
      // Terminated meanwhile, it cannot be stopped any more.
      if (!(error instanceof EC2ServiceException)) {
        this.options.onError(error);
      }
    }
  }

  /** Ends what runs on an instance; its disk and its metadata stay. */
  private async disembody(instanceId: string): Promise<void> {
    const body = this.body(instanceId);
    this.bodies.delete(instanceId);
    await body?.kill();
  }

  /** Ends an instance with all that it has. */
  private async discard(instanceId: string): Promise<void> {
    const machine = this.machines.get(instanceId);
    this.machines.delete(instanceId);
    try {
      await this.disembody(instanceId);
      await this.options.bodies.discard(instanceId);
    } finally {
      await machine?.metadata.close();
    }
  }

  private async facts(instanceId: string, record: Instance, machine: Machine): Promise<InstanceFacts> {
    const { accountId, region, roles, targetLifecycleState } = this.options;
    // LocalStack shows an instance as running a moment before it has its profile.
    const { IamInstanceProfile } = this.records.get(instanceId) ?? record;
    return {
      instanceId,
      instanceType: record.InstanceType ?? '',
      imageId: record.ImageId ?? '',
      accountId,
      region,
      availabilityZone: record.Placement?.AvailabilityZone ?? '',
      privateIpAddress: record.PrivateIpAddress ?? '',
      listenAddress: async () => (await machine.booted).address,
      userData: machine.userData,
      role: await roles.ofProfile(IamInstanceProfile?.Arn, instanceId),
      targetLifecycleState: targetLifecycleState(instanceId),
    };
  }
}
