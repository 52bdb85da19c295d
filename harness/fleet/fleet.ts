import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient } from '@aws-sdk/client-iam';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';

import type { Call } from '../edge/call';
import type { Edge } from '../edge/edge';
import { accountId, administrator } from '../support/account';
import { Closing } from '../support/closing';
import { Monitoring } from './alarms/monitoring';
import { Ec2ApiGateway } from './autoscaling/ec2-gateway';
import { Engine } from './autoscaling/engine';
import { everyMember } from './autoscaling/group';
import { reportGroup } from './autoscaling/group-metrics';
import { autoScalingService } from './autoscaling/service';
import { Store } from './autoscaling/store';
import type { Body, BodyBackend } from './bodies/body';
import type { Clock } from './clock';
import { consoleAnswer } from './console-output';
import { ec2Error } from './ec2-error';
import { type InstanceView, Instances } from './instances';
import { ProcessorMetrics, vcpusOf } from './processor-metrics';
import { LoadBalancing, type LoadBalancerView } from './load-balancing/load-balancing';
import { S3LogStore } from './load-balancing/logs/log-store';
import { Ec2Network } from './load-balancing/network';
import { SnsSqsGateway } from './notifications';
import { ServiceError } from './protocol/errors';
import { sendAnswer } from './protocol/query-service';
import type { Rights } from './rights';
import { Roles } from './roles';
import { LaunchCompletion } from './run-instances';

/** How often the fleet looks by itself, in milliseconds; calls at the edge make it look at once. */
const lookMs = 1_000;

const instanceChanges = /^(Run|Start|Stop|Terminate)Instances$/;

/** What a fleet stands on. */
export interface FleetOptions {
  /** Where the fleet answers Auto Scaling and the consoles, and calls EC2, IAM and STS. */
  readonly edge: Edge;
  readonly region: string;
  readonly bodies: BodyBackend;
  /** What the services may do that the fleet stands for. */
  readonly rights: Rights;
  /** The time that periods, cooldowns and the like go by. */
  readonly clock: Clock;
  /** Told of what goes wrong outside of any request. */
  readonly onError: (error: unknown) => void;
}

/** Auto Scaling groups that really launch, instances that really run. */
export class Fleet {
  private readonly timer: NodeJS.Timeout;
  private looking: Promise<void> | undefined;
  private closed = false;

  private constructor(
    private readonly options: FleetOptions,
    private readonly instancesOfEc2: Instances,
    private readonly engine: Engine,
    private readonly monitoring: Monitoring,
    private readonly loadBalancing: LoadBalancing,
    private readonly clients: readonly { destroy(): void }[],
  ) {
    this.timer = setInterval(() => {
      this.look();
    }, lookMs);
  }

  /** Registers the fleet on the edge and begins to look after the instances. */
  static start(options: FleetOptions): Fleet {
    const { edge, region, bodies, rights, clock, onError } = options;
    const common = { endpoint: edge.url, region, credentials: administrator };
    const cloudWatch = new CloudWatchClient(common);
    const ec2 = new EC2Client(common);
    // Apart from the client that launches: fifty launches hold all its connections, and would wait for one.
    const launchTemplates = new EC2Client(common);
    const iam = new IAMClient(common);
    const s3 = new S3Client({ ...common, forcePathStyle: true });
    const sns = new SNSClient(common);
    const sqs = new SQSClient(common);
    const ssm = new SSMClient(common);
    const sts = new STSClient(common);
    const home = { accountId, region };
    const store = new Store(home);
    const gateway = new Ec2ApiGateway(ec2);
    const notifications = new SnsSqsGateway(sns, sqs, rights);
    const processors = new ProcessorMetrics(clock, (instanceType) => vcpusOf(ec2, instanceType));
    const monitoring = new Monitoring({
      edge,
      home,
      clock,
      cloudWatch,
      sqs,
      notifications,
      measure: async (sink) => {
        store.groups.forEach((group) => {
          reportGroup(group, sink);
        });
        loadBalancing.measure(sink);
        await processors.report(
          instances.views().flatMap((view) => ({ ...view, body: instances.body(view.instanceId) })),
          sink,
        );
      },
      onChange: () => {
        fleet.look();
      },
      onError,
    });
    const loadBalancing = new LoadBalancing({
      home,
      network: new Ec2Network(ec2),
      logs: new S3LogStore(s3, rights, home),
      targets: {
        stateOf: (instanceId) => instances.state(instanceId),
        address: (instanceId) => instances.address(instanceId),
      },
      onError,
      clock,
    });
    const engine = new Engine(
      store,
      {
        ec2: gateway,
        alarms: monitoring.scalingAlarms,
        notifications,
        traffic: loadBalancing.groupTraffic,
      },
      clock,
    );
    const service = autoScalingService(store, gateway, engine);
    const instances = new Instances({
      ec2,
      roles: new Roles(iam, sts, rights),
      bodies,
      endpoint: edge.url,
      region,
      accountId,
      targetLifecycleState: (instanceId) => targetLifecycleState(store, instanceId),
      onRecords: () => {
        loadBalancing.monitor.tick();
      },
      onError,
    });
    const fleet = new Fleet(options, instances, engine, monitoring, loadBalancing, [
      cloudWatch,
      ec2,
      launchTemplates,
      iam,
      s3,
      sns,
      sqs,
      ssm,
      sts,
    ]);
    edge.serve('elasticloadbalancing', async (call, body, response) => {
      sendAnswer(response, await loadBalancing.answer(queryOf(call, body)));
    });
    edge.serve('autoscaling', async (call, body, response) => {
      sendAnswer(response, await service.answer(queryOf(call, body)));
      if (call.action?.startsWith('Describe') !== true) {
        fleet.look();
      }
    });
    edge.serve(
      'ec2',
      async (_call, body, response) => {
        const instanceId = new URLSearchParams(body.toString('utf8')).get('InstanceId') ?? '';
        sendAnswer(response, consoleAnswer(instanceId, await instances.consoleOutput(instanceId)));
      },
      'GetConsoleOutput',
    );
    const completion = new LaunchCompletion(launchTemplates, ssm);
    edge.serve(
      'ec2',
      async (_call, body, response, forward) => {
        try {
          const form = await completion.complete(new URLSearchParams(body.toString('utf8')));
          await forward(Buffer.from(form.toString()));
        } catch (error) {
          if (!(error instanceof ServiceError)) {
            throw error;
          }
          sendAnswer(response, ec2Error(error.code, error.message));
        }
      },
      'RunInstances',
    );
    edge.serve(
      'ec2',
      async (_call, body, response, forward) => {
        await forward(body);
        if (response.statusCode < 400) {
          const named = [...new URLSearchParams(body.toString('utf8'))];
          await instances.reboot(
            named.flatMap(([name, value]) => (name.startsWith('InstanceId.') ? [value] : [])),
          );
        }
      },
      'RebootInstances',
    );
    edge.onCall(({ service: called, action = '' }) => {
      if (called === 'ec2' && instanceChanges.test(action)) {
        fleet.look();
      }
    });
    return fleet;
  }

  /** Every instance that EC2 does not record as terminated. */
  instances(): InstanceView[] {
    return this.instancesOfEc2.views();
  }

  /** The body of a running instance. */
  body(instanceId: string): Body | undefined {
    return this.instancesOfEc2.body(instanceId);
  }

  /** Every load balancer, with where its listeners are on this machine. */
  loadBalancers(): LoadBalancerView[] {
    return this.loadBalancing.views();
  }

  /** Where this machine reaches what listens inside a running instance. */
  address(instanceId: string): string | undefined {
    return this.instancesOfEc2.address(instanceId);
  }

  /**
   * Kills all that runs on an instance at once, as the failure of its host does. EC2 then shows it as stopped, and its
   * group replaces it.
   *
   * @throws Error when no such instance is running.
   */
  async kill(instanceId: string): Promise<void> {
    const body = this.body(instanceId);
    if (body === undefined) {
      const running = this.instances().map((instance) => instance.instanceId);
      throw new Error(`No instance ${instanceId} is running; running: ${running.join(', ') || 'none'}.`);
    }
    await body.kill();
  }

  /** Kills every body and looks after nothing any more. EC2's records stay. Idempotent. */
  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.timer);
    await this.looking;
    const closing = new Closing();
    this.clients.forEach((client) => {
      closing.add(() => {
        client.destroy();
      });
    });
    closing.add(() => this.options.bodies.close());
    closing.add(() => this.instancesOfEc2.close());
    closing.add(() => this.loadBalancing.close());
    closing.add(() => this.monitoring.close());
    await closing.close();
  }

  private look(): void {
    if (this.closed) {
      return;
    }
    const look = async (): Promise<void> => {
      // EC2's records are asked for first: what was launched waits for them to get a body.
      await Promise.all([this.instancesOfEc2.reconcile(), this.engine.tick()]);
    };
    this.looking = look().catch((error: unknown) => {
      if (!this.closed) {
        this.options.onError(error);
      }
    });
  }
}

/** The parameters of a query request: in its body, or in the URL of a GET. */
function queryOf(call: Call, body: Buffer): URLSearchParams {
  return new URLSearchParams(body.length > 0 ? body.toString('utf8') : (call.path.split('?')[1] ?? ''));
}

/** What the instance's metadata tells of its future. Source: «Retrieve the target lifecycle state», Auto Scaling user guide. */
function targetLifecycleState(store: Store, instanceId: string): string | undefined {
  for (const group of store.groups.values()) {
    const { lifecycleState } = everyMember(group).find((member) => member.instanceId === instanceId) ?? {};
    if (lifecycleState !== undefined) {
      const isWarm = lifecycleState.startsWith('Warmed:');
      const atRest = isWarm ? `Warmed:${group.pool?.configuration.PoolState ?? ''}` : 'InService';
      return lifecycleState.includes('Terminat') ? 'Terminated' : atRest;
    }
  }
  return undefined;
}
