import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ConfigurationError } from './configuration';
import { loadConfiguration, variableOf } from './load';

describe('loading the configuration', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'configuration-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const fileWith = async (content: string): Promise<string> => {
    const file = join(folder, 'mine.json');
    await writeFile(file, content);
    return file;
  };

  it('takes the default environment where nothing is said', () => {
    expect(loadConfiguration({})).toMatchObject({ queueName: 'devops-sqs-queue', maxSize: 4 });
  });

  it('takes the environment that is named', () => {
    expect(loadConfiguration({ UPLOAD_PIPELINE_ENVIRONMENT: 'production' })).toMatchObject({
      namePrefix: 'upload-pipeline-production',
      availabilityZones: ['us-east-2a', 'us-east-2b', 'us-east-2c'],
    });
  });

  it('keeps in production what holds data, and opens no site there by itself', () => {
    expect(loadConfiguration({ UPLOAD_PIPELINE_ENVIRONMENT: 'production' })).toMatchObject({
      preventDestroy: true,
      forceDestroy: false,
      publicReadDemo: false,
      webTier: false,
      webDeletionProtection: true,
    });
  });

  it('takes a file that is named', async () => {
    const file = await fileWith('{ "bucketName": "films-of-anna" }');
    expect(loadConfiguration({ UPLOAD_PIPELINE_CONFIG: file }).bucketName).toBe('films-of-anna');
  });

  it('takes a variable over the file', async () => {
    const file = await fileWith('{ "maxSize": 6, "scaleOutThreshold": 3 }');
    expect(
      loadConfiguration({ UPLOAD_PIPELINE_CONFIG: file, UPLOAD_PIPELINE_SCALE_OUT_THRESHOLD: '5' }),
    ).toMatchObject({ maxSize: 6, scaleOutThreshold: 5 });
  });

  it.each<[string, string, string, unknown]>([
    ['a number', 'maxSize', '7', 7],
    ['a switch', 'publicReadDemo', 'true', true],
    ['a name of digits', 'bucketName', '12345', '12345'],
    ['endings with commas', 'notificationSuffixes', '.mp4,.mov', ['.mp4', '.mov']],
    ['instance types with commas', 'otherInstanceTypes', 't3a.small,t2.small', ['t3a.small', 't2.small']],
    ['tags as JSON', 'tags', '{"Team":"films"}', { Team: 'films' }],
    ['settings of the worker as JSON', 'workerSettings', '{"HEALTH_PORT":8080}', { HEALTH_PORT: 8080 }],
    ['zones with commas', 'availabilityZones', 'us-east-2a, us-east-2c', ['us-east-2a', 'us-east-2c']],
  ])('reads %s from a variable', (_, field, text, value) => {
    expect(loadConfiguration({ [variableOf(field)]: text })).toMatchObject({ [field]: value });
  });

  it('leaves variables of others and of the harness alone', () => {
    expect(() =>
      loadConfiguration({ HOME: '/root', UPLOAD_PIPELINE_CACHE: '/c', UPLOAD_PIPELINE_LAB_TERRAFORM: '/t' }),
    ).not.toThrow();
  });

  it.each<[string, NodeJS.ProcessEnv, string]>([
    [
      'an environment that is none',
      { UPLOAD_PIPELINE_ENVIRONMENT: 'staging' },
      'UPLOAD_PIPELINE_ENVIRONMENT: got "staging"; there are: default, production.',
    ],
    [
      'a variable that is none',
      { UPLOAD_PIPELINE_MAX_SISE: '5' },
      'UPLOAD_PIPELINE_MAX_SISE: got "5"; there is no such variable; there are: UPLOAD_PIPELINE_REGION',
    ],
    ['a word for a number', { UPLOAD_PIPELINE_MAX_SIZE: 'four' }, 'maxSize: got "four"; '],
    [
      'a file that is not there',
      { UPLOAD_PIPELINE_CONFIG: '/nowhere/mine.json' },
      'configuration file: got "/nowhere/mine.json"; it must be a readable JSON file: ',
    ],
  ])('refuses %s', (_, variables, message) => {
    expect(() => loadConfiguration(variables)).toThrow(ConfigurationError);
    expect(() => loadConfiguration(variables)).toThrow(message);
  });

  it.each([
    ['no JSON', 'bucketName: films', 'it must be a readable JSON file'],
    ['no object', '["films"]', 'it must hold a JSON object.'],
  ])('refuses a file that holds %s', async (_, content, message) => {
    const file = await fileWith(content);
    expect(() => loadConfiguration({ UPLOAD_PIPELINE_CONFIG: file })).toThrow(message);
  });
});
