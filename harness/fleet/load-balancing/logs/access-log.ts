import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import { messageOf } from '../../../support/message-of';
import type { Clock } from '../../clock';
import type { LoadBalancer } from '../resources';
import type { Home } from '../store';
import type { LogStore } from './log-store';

/** Elastic Load Balancing delivers what was logged every five minutes. */
const periodSeconds = 300;

/** How much of a log waits, in characters; with more it is delivered at once, as AWS does for sites with much traffic. */
const mostWaiting = 4_194_304;

/** The one node of a load balancer. */
const nodeAddress = '127.0.0.1';

const compress = promisify(gzip);

/** Where a load balancer's log goes. */
export interface LogPlace {
  readonly bucket: string;
  /** Empty for none. */
  readonly prefix: string;
}

/** `logs/AWSLogs/123456789012/`: what Elastic Load Balancing writes to a bucket is below it. */
export function logFolder({ prefix }: LogPlace, { accountId }: Home): string {
  return `${prefix === '' ? '' : `${prefix}/`}AWSLogs/${accountId}/`;
}

/** What a log stands on. */
export interface LogWorld {
  readonly home: Home;
  readonly clock: Clock;
  readonly store: LogStore;
  /** Told of what could not be written: it is lost, as the log is a best effort on AWS as well. */
  readonly onError: (error: unknown) => void;
}

/** The access log of one load balancer: lines that wait, and files that they become. */
export class AccessLog {
  private lines = '';
  private count = 0;
  private skipped = 0;
  private due: Date;
  private delivering: Promise<void> | undefined;

  constructor(
    private readonly loadBalancer: LoadBalancer,
    readonly place: LogPlace,
    private readonly world: LogWorld,
  ) {
    this.due = world.clock.later(periodSeconds);
  }

  /** `app/web/50dc6c495c0c9188` */
  get loadBalancerId(): string {
    return this.loadBalancer.arn.slice(this.loadBalancer.arn.indexOf('/') + 1);
  }

  /** @param line with its end. */
  add(line: string): void {
    if (this.lines.length >= mostWaiting) {
      if (this.delivering !== undefined) {
        this.skipped += 1;
        return;
      }
      void this.deliver();
    }
    this.lines += line;
    this.count += 1;
  }

  /** Delivers what waits when the time has come. */
  tick(): void {
    if (this.world.clock.now() >= this.due) {
      this.due = this.world.clock.later(periodSeconds);
      void this.deliver();
    }
  }

  /** Delivers what waits; what is being delivered comes first. */
  async deliver(): Promise<void> {
    while (this.delivering !== undefined) {
      await this.delivering;
    }
    const { lines, count, skipped } = this;
    this.lines = '';
    this.count = 0;
    this.skipped = 0;
    if (count > 0) {
      this.delivering = this.write(lines, count, skipped).finally(() => {
        this.delivering = undefined;
      });
      await this.delivering;
    }
  }

  private async write(lines: string, count: number, skipped: number): Promise<void> {
    const { loadBalancer, place, world } = this;
    const key = this.key();
    const tell = (requests: number, why: string): void => {
      const where = `s3://${place.bucket}/${key}`;
      const what = requests === 1 ? '1 request is' : `${requests} requests are`;
      world.onError(
        new Error(`${what} missing in the access log of ${loadBalancer.name} (${where}): ${why}`),
      );
    };
    if (skipped > 0) {
      tell(skipped, 'S3 took too long for those before them.');
    }
    try {
      const body = await compress(lines);
      await world.store.put(loadBalancer, { bucket: place.bucket, key, body });
    } catch (error) {
      tell(count, messageOf(error));
    }
  }

  /**
   * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html#access-log-file-format
   */
  private key(): string {
    const { accountId, region } = this.world.home;
    const end = this.world.clock.now().toISOString();
    const day = end.slice(0, 10).replaceAll('-', '/');
    const name = [
      accountId,
      'elasticloadbalancing',
      region,
      this.loadBalancerId.replaceAll('/', '.'),
      `${end.slice(0, 16).replaceAll(/[-:]/g, '')}Z`,
      nodeAddress,
      randomBytes(4).toString('hex'),
    ].join('_');
    return `${logFolder(this.place, this.world.home)}elasticloadbalancing/${region}/${day}/${name}.log.gz`;
  }
}
