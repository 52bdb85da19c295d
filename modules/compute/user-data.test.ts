import { spawnSync } from 'node:child_process';

import { workerService, workerUserData } from './user-data';

const userData = (more: { readonly artifactUris?: readonly string[] } = {}): string =>
  workerUserData({
    region: 'us-east-2',
    artifactUris: ['s3://artifacts/worker.tar.gz'],
    environment: { QUEUE_URL: 'https://sqs.us-east-2.amazonaws.com/111122223333/tasks' },
    ...more,
  });

describe('the user data of a worker', () => {
  it('is a script that bash can read', () => {
    const { status, stderr } = spawnSync('bash', ['-n'], { input: userData(), encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('unpacks its archives in the given order', () => {
    const script = userData({
      artifactUris: ['s3://artifacts/worker.tar.gz', 's3://artifacts/media.tar.gz'],
    });
    expect(script).toContain('\ninstall s3://artifacts/worker.tar.gz\ninstall s3://artifacts/media.tar.gz\n');
  });

  it('needs no package mirror', () => {
    expect(userData()).not.toMatch(/\b(dnf|yum|apt|apt-get|npm|curl|wget)\b/);
  });

  it('installs a service that starts on boot, restarts when it dies, and not for settings that no restart can help', () => {
    const script = userData();
    expect(script).toContain(`systemctl enable --now ${workerService}`);
    expect(script).toContain('Restart=always');
    expect(script).toContain('RestartPreventExitStatus=78');
  });

  it('tells the worker its environment', () => {
    expect(userData()).toContain(
      'Environment="QUEUE_URL=https://sqs.us-east-2.amazonaws.com/111122223333/tasks"\n',
    );
  });

  it('gives the worker disk of its own for its files', () => {
    const script = userData();
    expect(script).toContain('CacheDirectory=upload-worker');
    expect(script).toContain('Environment="SCRATCH_FOLDER=/var/cache/upload-worker"');
  });
});
