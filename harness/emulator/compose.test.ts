import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'yaml';

import { localStackImage, localStackSettings } from './localstack';

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

const root = join(__dirname, '../..');
const { services } = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8')) as {
  services: Readonly<Record<'localstack' | 'instance', Service>>;
};

describe('docker-compose.yml', () => {
  it('starts the LocalStack that the harness pins', () => {
    expect(services.localstack.image).toBe(localStackImage);
  });

  it('gives it the settings that the harness gives it, for the edge at its usual port', () => {
    expect(services.localstack.environment).toEqual({
      ...localStackSettings('http://127.0.0.1:4566'),
      GATEWAY_LISTEN: '0.0.0.0:4566',
    });
  });

  it('publishes it on loopback only', () => {
    expect(services.localstack.ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+:4566$/)]);
  });

  it('makes instances from the image that the harness makes them from', () => {
    expect(services.instance.build).toBe('harness/fleet/bodies/image');
    expect(readFileSync(join(root, 'harness/fleet/bodies/image/Dockerfile'), 'utf8')).toContain(
      'ENTRYPOINT ["container-boot"]',
    );
  });
});
