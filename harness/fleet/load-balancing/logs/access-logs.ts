import { isOn } from '../attributes';
import type { LoadBalancer } from '../resources';
import { AccessLog, type LogPlace, type LogWorld } from './access-log';

/** Where the attributes of a load balancer want its access log; `undefined` for one that keeps none. */
export function accessLogPlace(attributes: ReadonlyMap<string, string>): LogPlace | undefined {
  return isOn(attributes, 'access_logs.s3.enabled')
    ? {
        bucket: attributes.get('access_logs.s3.bucket') ?? '',
        prefix: attributes.get('access_logs.s3.prefix') ?? '',
      }
    : undefined;
}

/** The access logs of all load balancers that keep one. */
export class AccessLogs {
  private readonly logs = new Map<LoadBalancer, AccessLog>();
  /** Logs that nothing is added to any more. */
  private readonly ended = new Set<AccessLog>();

  constructor(private readonly world: LogWorld) {}

  /** The log that a load balancer keeps by its attributes as they are now. */
  of(loadBalancer: LoadBalancer): AccessLog | undefined {
    const place = accessLogPlace(loadBalancer.attributes);
    const present = this.logs.get(loadBalancer);
    if (place?.bucket === present?.place.bucket && place?.prefix === present?.place.prefix) {
      return present;
    }
    this.end(loadBalancer);
    if (place === undefined) {
      return undefined;
    }
    const log = new AccessLog(loadBalancer, place, this.world);
    this.logs.set(loadBalancer, log);
    return log;
  }

  /** Delivers what load balancers that are gone, and logs that have ended, have left. */
  async settle(isThere: (loadBalancer: LoadBalancer) => boolean): Promise<void> {
    for (const loadBalancer of this.logs.keys()) {
      if (isThere(loadBalancer)) {
        this.of(loadBalancer);
      } else {
        this.end(loadBalancer);
      }
    }
    const ended = [...this.ended];
    this.ended.clear();
    await Promise.all(ended.map((log) => log.deliver()));
  }

  /** Delivers what is due. */
  tick(): void {
    for (const log of this.logs.values()) {
      log.tick();
    }
  }

  /** Delivers all that is left. */
  async close(): Promise<void> {
    await this.settle(() => false);
  }

  private end(loadBalancer: LoadBalancer): void {
    const log = this.logs.get(loadBalancer);
    if (log !== undefined) {
      this.logs.delete(loadBalancer);
      this.ended.add(log);
    }
  }
}
