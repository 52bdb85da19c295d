import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import type { Variables } from '../instance/environment';
import type { Logger } from '../instance/logger';
import { instanceMetadata } from '../instance/metadata';
import type { Running } from '../instance/program';
import { createApp } from './app';
import { readAssets } from './assets';
import type { SiteEnvironment } from './environment';
import { listen } from './server';
import { UploadStore } from './uploads/store';

export interface RunningSite extends Running {
  readonly url: string;
}

/**
 * Starts the site.
 *
 * Its stop is made for a load balancer: the health page fails at once, requests are answered for as long as the load
 * balancer may take to notice, then those that run are finished.
 *
 * @param variables the process's environment; where it names an emulator (AWS_ENDPOINT_URL, or AWS_ENDPOINT_URL_S3),
 *   objects are addressed by path, which needs no DNS
 */
export async function startSite(
  environment: SiteEnvironment,
  variables: Variables,
  log: Logger,
): Promise<RunningSite> {
  const { region, port, drainSeconds } = environment;
  const emulator = variables.AWS_ENDPOINT_URL_S3 ?? variables.AWS_ENDPOINT_URL;
  const s3 = new S3Client({ region, forcePathStyle: emulator !== undefined });
  const store = new UploadStore({ ...environment, s3 });
  const host = environment.host ?? (await ownAddress(variables.AWS_EC2_METADATA_SERVICE_ENDPOINT));
  let healthy = true;
  const app = createApp({
    ...environment,
    store,
    assets: await readAssets(path.join(__dirname, 'assets')),
    bucketOrigin: await store.origin(),
    isHealthy: () => healthy,
    log,
  });
  const server = await listen(app, host, port);
  log.info({ url: server.url }, 'site started');

  const stop = async (): Promise<void> => {
    healthy = false;
    await delay(drainSeconds * 1000);
    await server.close();
    s3.destroy();
    log.info('site stopped');
  };
  let stopped: Promise<void> | undefined;
  return { url: server.url, stop: () => (stopped ??= stop()) };
}

async function ownAddress(metadataEndpoint: string | undefined): Promise<string> {
  const address = await instanceMetadata(metadataEndpoint).read('local-ipv4');
  if (address === undefined) throw new Error('the instance metadata has no local-ipv4; set HOST');
  return address;
}
