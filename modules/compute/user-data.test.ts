import { spawnSync } from 'node:child_process';

import { type UserDataProps, userData } from './user-data';

const service = {
  unit: 'upload-worker.service',
  description: 'Upload Pipeline worker',
  program: 'bin/upload-worker',
  environment: { QUEUE_URL: 'https://sqs.us-east-2.amazonaws.com/111122223333/tasks' },
};

const script = (more: Partial<UserDataProps> = {}): string =>
  userData({ region: 'us-east-2', artifactUris: ['s3://artifacts/worker.tar.gz'], service, ...more });

describe('user data', () => {
  it('is a script that bash can read', () => {
    const { status, stderr } = spawnSync('bash', ['-n'], { input: script(), encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('unpacks its archives in the given order', () => {
    const text = script({
      artifactUris: ['s3://artifacts/worker.tar.gz', 's3://artifacts/media.tar.gz'],
    });
    expect(text).toContain('\ninstall s3://artifacts/worker.tar.gz\ninstall s3://artifacts/media.tar.gz\n');
  });

  it('needs no package mirror', () => {
    expect(script()).not.toMatch(/\b(dnf|yum|apt|apt-get|npm|curl|wget)\b/);
  });

  it('installs a service that starts on boot, restarts when it dies, and not for settings that no restart can help', () => {
    const text = script();
    expect(text).toContain('systemctl enable --now upload-worker.service');
    expect(text).toContain('Restart=always');
    expect(text).toContain('RestartPreventExitStatus=78');
  });

  it('tells the program its environment', () => {
    expect(script()).toContain(
      'Environment="QUEUE_URL=https://sqs.us-east-2.amazonaws.com/111122223333/tasks"\n',
    );
  });

  it('gives the program disk of its own for its files', () => {
    const text = script();
    expect(text).toContain('CacheDirectory=upload-worker');
    expect(text).toContain('Environment="SCRATCH_FOLDER=/var/cache/upload-worker"');
  });

  it('adds no settings to the unit but its own', () => {
    expect(script()).not.toContain('LimitNOFILE');
  });

  it('adds the settings that a service wants', () => {
    const text = script({ service: { ...service, settings: ['LimitNOFILE=65536'] } });
    expect(text).toContain('\nLimitNOFILE=65536\nRestart=always\n');
  });
});
