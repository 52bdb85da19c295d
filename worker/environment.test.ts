import { readFileSync } from 'node:fs';
import path from 'node:path';
import { EnvironmentError } from '../instance/environment';
import { readEnvironment, workerVariables } from './environment';

const complete = {
  AWS_REGION: 'us-east-2',
  QUEUE_URL: 'https://sqs.us-east-2.amazonaws.com/000000000000/devops-sqs-queue',
  UPLOAD_BUCKET: 'student-upload-bucket-aj',
  UPLOADS_PREFIX: 'uploads/',
  PROCESSED_PREFIX: 'processed/',
  VISIBILITY_TIMEOUT_SECONDS: '60',
};

describe("the worker's environment", () => {
  it('fills in the defaults', () => {
    expect(readEnvironment(complete)).toMatchObject({
      visibilityTimeoutSeconds: 60,
      concurrency: 10,
      drainSeconds: 60,
      terminationDrainSeconds: 3600,
      logLevel: 'info',
      autoScalingGroupName: undefined,
      lifecycleHookName: undefined,
      deadLetterQueueUrl: undefined,
    });
  });

  it('takes what is set', () => {
    const more = {
      WORKER_CONCURRENCY: '3',
      DRAIN_SECONDS: '7',
      TERMINATION_DRAIN_SECONDS: '7200',
      LOG_LEVEL: 'debug',
      AUTO_SCALING_GROUP_NAME: 'workers',
    };
    expect(readEnvironment({ ...complete, ...more })).toMatchObject({
      concurrency: 3,
      drainSeconds: 7,
      terminationDrainSeconds: 7200,
      logLevel: 'debug',
      autoScalingGroupName: 'workers',
    });
  });

  it.each(Object.keys(complete))('refuses to start without %s and says so', (name) => {
    const attempt = (): unknown => readEnvironment({ ...complete, [name]: undefined });
    expect(attempt).toThrow(EnvironmentError);
    expect(attempt).toThrow(`${name}: is not set`);
  });

  it.each([
    ['QUEUE_URL', 'devops-sqs-queue', 'URL'],
    ['UPLOADS_PREFIX', 'uploads', 'end with "/"'],
    ['PROCESSED_PREFIX', 'uploads/processed/', 'outside UPLOADS_PREFIX'],
    ['VISIBILITY_TIMEOUT_SECONDS', 'soon', 'whole number of seconds'],
    ['VISIBILITY_TIMEOUT_SECONDS', '43201', 'at most 43200'],
    ['WORKER_CONCURRENCY', '0', '>=1'],
    ['LOG_LEVEL', 'loud', 'info'],
  ])('refuses %s=%s, with the value and what is allowed', (name, value, allowed) => {
    const attempt = (): unknown => readEnvironment({ ...complete, [name]: value });
    expect(attempt).toThrow(`${name}: got ${JSON.stringify(value)}`);
    expect(attempt).toThrow(allowed);
  });
});

describe("the guide's table of settings", () => {
  const guide = readFileSync(path.join(__dirname, '../docs/worker-guide.md'), 'utf8');
  const table = guide.slice(guide.indexOf('## Settings of the shipped worker'));
  const rows = [...table.matchAll(/^\| `([A-Z0-9_]+)` +\| .+ \| (.+?) +\|$/gmu)].map(
    ([, name = '', stated = '']) => ({ name, stated }),
  );

  it('has every variable once', () => {
    expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(workerVariables.shape).sort());
  });

  it.each(Object.entries(workerVariables.shape))('states the default of %s', (name, setting) => {
    const { stated } = rows.find((row) => row.name === name)!;
    const { success, data } = setting.safeParse(undefined);
    const hasValue = data !== undefined;
    expect({ mustBeSet: stated === 'must be set', value: hasValue ? stated : undefined }).toEqual({
      mustBeSet: !success,
      value: hasValue ? `\`${data}\`` : undefined,
    });
  });
});
