import type { Clock } from '../clock';
import { isOn } from './attributes';
import { type Certificate, makeCertificate } from './certificate';
import type { HealthMonitor } from './health/monitor';
import type { Target } from './health/target';
import type { AccessLogs } from './logs/access-logs';
import { Front } from './proxy/front';
import type { Listener, LoadBalancer } from './resources';
import { Router } from './rules/router';
import type { Store } from './store';

/** The listeners of all load balancers, each on a port of its own. */
export class DataPlane {
  private readonly fronts = new Map<Listener, { front: Front; made: string }>();
  private readonly certificates = new WeakMap<LoadBalancer, Promise<Certificate>>();
  private readonly router: Router;
  private following: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(
    private readonly store: Store,
    monitor: HealthMonitor,
    clock: Clock,
    private readonly logs: AccessLogs,
  ) {
    this.router = new Router({
      clock,
      targetGroup: (arn) => store.targetGroups.get(arn),
      addressOf: (group, target: Target) => {
        const host = monitor.addressOf(group, target);
        return host === undefined ? undefined : { host, port: target.port };
      },
      localPort: ({ loadBalancer }, port) => {
        const other = store.listenersOf(loadBalancer).find((listener) => listener.port === port);
        return other === undefined ? undefined : this.front(other)?.localPort;
      },
    });
  }

  front(listener: Listener): Front | undefined {
    return this.fronts.get(listener)?.front;
  }

  /** Opens and closes listeners as the store has them, and lets the others follow their rules and settings. */
  async follow(): Promise<void> {
    // One that failed has told its own caller.
    this.following = this.following.catch(() => undefined).then(() => this.step());
    await this.following;
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.following.catch(() => undefined);
    await Promise.all([...this.fronts.values()].map(({ front }) => front.close()));
    this.fronts.clear();
  }

  private async step(): Promise<void> {
    if (this.closed) {
      return;
    }
    for (const [listener, { front, made }] of this.fronts) {
      if (this.store.listeners.get(listener.arn) !== listener || made !== makings(listener)) {
        this.fronts.delete(listener);
        await front.close();
      }
    }
    for (const listener of this.store.listeners.values()) {
      const known = this.fronts.get(listener);
      if (known === undefined) {
        const made = makings(listener);
        this.fronts.set(listener, { front: await this.open(listener), made });
      } else {
        known.front.refresh();
      }
    }
  }

  private async open(listener: Listener): Promise<Front> {
    const { loadBalancer, protocol } = listener;
    if (protocol === 'HTTP') {
      return Front.open(listener, this.router, this.logs, undefined);
    }
    let certificate = this.certificates.get(loadBalancer);
    if (certificate === undefined) {
      certificate = makeCertificate(loadBalancer.dnsName);
      this.certificates.set(loadBalancer, certificate);
    }
    return Front.open(listener, this.router, this.logs, await certificate);
  }
}

/** What a listening socket is made for: when it changes, so does the socket. */
function makings({ protocol, sslPolicy, port, loadBalancer }: Listener): string {
  return [protocol, sslPolicy, port, isOn(loadBalancer.attributes, 'routing.http2.enabled')].join();
}
