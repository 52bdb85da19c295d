import type { MetricSink } from '../alarms/metrics/sink';
import type { Clock } from '../clock';
import type { QueryAnswer, QueryService } from '../protocol/query-service';
import { DataPlane } from './data-plane';
import { GroupTraffic } from './group-traffic';
import { HealthMonitor, type Probe, type TargetWorld } from './health/monitor';
import { AccessLogs } from './logs/access-logs';
import type { LogStore } from './logs/log-store';
import { LoadBalancerMetrics } from './metrics';
import type { Network } from './network';
import type { Protocol } from './resources';
import { loadBalancingService } from './service';
import { type Home, Store } from './store';

/** How often targets are looked at, in milliseconds: the finest grain of health check intervals and delays. */
const lookMs = 200;

/** A listener as a person reaches it. */
export interface ListenerView {
  readonly arn: string;
  /** Its port by the API. */
  readonly port: number;
  readonly protocol: Protocol;
  /** Where it listens on this machine. */
  readonly url: string;
  /** How many answers the load balancer gave itself, by status; 460 counts clients that did not wait. */
  readonly ownStatuses: ReadonlyMap<number, number>;
}

/** A load balancer as a person reaches it. */
export interface LoadBalancerView {
  readonly arn: string;
  readonly name: string;
  readonly dnsName: string;
  readonly listeners: readonly ListenerView[];
}

/** What load balancers stand on. */
export interface LoadBalancingOptions {
  readonly home: Home;
  readonly network: Network;
  readonly targets: TargetWorld;
  /** Where access logs go. */
  readonly logs: LogStore;
  /** Told of what goes wrong outside of any request. */
  readonly onError: (error: unknown) => void;
  readonly clock: Clock;
  /** @default real health checks */
  readonly probe?: Probe;
}

/** Elastic Load Balancing: the API, health checks, and listeners that really balance. */
export class LoadBalancing {
  readonly store: Store;
  readonly monitor: HealthMonitor;
  readonly service: QueryService;
  /** What Auto Scaling does with target groups. */
  readonly groupTraffic: GroupTraffic;
  private readonly accessLogs: AccessLogs;
  private readonly dataPlane: DataPlane;
  private readonly metrics = new LoadBalancerMetrics();
  private readonly timer: NodeJS.Timeout;

  constructor({ home, network, targets, logs, onError, clock, probe }: LoadBalancingOptions) {
    this.store = new Store(home);
    this.monitor = new HealthMonitor(this.store, targets, clock, probe);
    this.groupTraffic = new GroupTraffic(this.store, this.monitor);
    this.service = loadBalancingService(this.store, network, this.monitor, clock, logs);
    this.accessLogs = new AccessLogs({ home, clock, store: logs, onError });
    this.dataPlane = new DataPlane(this.store, this.monitor, clock, this.accessLogs);
    this.timer = setInterval(() => {
      try {
        this.monitor.tick();
        this.accessLogs.tick();
      } catch (error) {
        onError(error);
      }
    }, lookMs);
    this.timer.unref();
  }

  /** Answers one request of the API, after the listeners follow what it changed. */
  async answer(parameters: URLSearchParams): Promise<QueryAnswer> {
    const answer = await this.service.answer(parameters);
    await this.dataPlane.follow();
    await this.accessLogs.settle(
      (loadBalancer) => this.store.loadBalancers.get(loadBalancer.arn) === loadBalancer,
    );
    this.monitor.tick();
    return answer;
  }

  /** Reports what was counted since the last time. */
  measure(sink: MetricSink): void {
    const targetGroups = [...this.store.targetGroups.values()];
    for (const loadBalancer of this.store.loadBalancers.values()) {
      const measured = {
        loadBalancer,
        targetGroups: targetGroups.filter((group) => this.store.usersOf(group)[0] === loadBalancer),
        fronts: this.store
          .listenersOf(loadBalancer)
          .flatMap((listener) => this.dataPlane.front(listener) ?? []),
      };
      this.metrics.report(measured, sink);
    }
  }

  views(): LoadBalancerView[] {
    return [...this.store.loadBalancers.values()].map((loadBalancer) => ({
      arn: loadBalancer.arn,
      name: loadBalancer.name,
      dnsName: loadBalancer.dnsName,
      listeners: this.store.listenersOf(loadBalancer).flatMap((listener) => {
        const front = this.dataPlane.front(listener);
        const { arn, port, protocol } = listener;
        return front === undefined
          ? []
          : [{ arn, port, protocol, url: front.url, ownStatuses: front.ownStatuses }];
      }),
    }));
  }

  /** Stops listening, ends every connection, and delivers what was logged. Idempotent. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.dataPlane.close();
    await this.accessLogs.close();
    for (const group of this.store.targetGroups.values()) {
      this.monitor.removeAll(group);
    }
  }
}
