import { EventEmitter, once } from 'node:events';
import { gunzipSync } from 'node:zlib';

import { ServiceError } from '../../protocol/errors';
import type { LogObject, LogStore } from '../logs/log-store';

/** S3 for tests. */
export class LogsInMemory implements LogStore {
  readonly objects: LogObject[] = [];
  /** Buckets that let nobody write. */
  readonly closed = new Set<string>();
  private readonly events = new EventEmitter();

  put(_loadBalancer: unknown, object: LogObject): Promise<void> {
    if (this.closed.has(object.bucket)) {
      return Promise.reject(
        new ServiceError('InvalidConfigurationRequest', `Access Denied for bucket: ${object.bucket}`),
      );
    }
    this.objects.push(object);
    this.events.emit('put');
    return Promise.resolve();
  }

  /** The keys of the log files, once there are as many. */
  async keys(count: number): Promise<string[]> {
    return (await this.files(count)).map(({ key }) => key);
  }

  /** The entries of all log files, once there are as many files. */
  async entries(count: number): Promise<string[]> {
    return (await this.files(count)).flatMap(({ body }) =>
      gunzipSync(body).toString().split('\n').slice(0, -1),
    );
  }

  private async files(count: number): Promise<LogObject[]> {
    for (;;) {
      const files = this.objects.filter(({ key }) => key.endsWith('.log.gz'));
      if (files.length >= count) {
        return files;
      }
      await once(this.events, 'put');
    }
  }
}
