import { join } from 'node:path';

import { backends, chooseBackend } from '../lab/backend';

/** A harness with LocalStack and a body, to be killed: prints where LocalStack answers once both run, and stays. */
async function live(folder: string, mark: string): Promise<void> {
  const { name } = await chooseBackend();
  const onProgress = (): void => undefined;
  const ground = await backends[name].open({ folder: join(folder, 'instances'), onProgress });
  const publicUrl = 'http://127.0.0.1:4566';
  const { url } = await ground.emulator.start({ folder: join(folder, 'localstack'), publicUrl, onProgress });
  await ground.bodies.boot({
    instanceId: 'i-doomed',
    privateIpAddress: '10.0.1.23',
    userData: Buffer.from(`#!/bin/bash\nbash -c 'sleep 1000; :' ${mark}\n`),
    metadataEndpoint: url,
    endpoint: url,
  });
  console.log(url);
  setInterval(() => undefined, 1_000);
}

void live(process.argv[2] ?? '', process.argv[3] ?? '');
