import { version } from 'node/package.json';

import { ConfigurationError, parseConfiguration } from './configuration';

const messageOf = (raw: unknown): string => {
  try {
    parseConfiguration(raw);
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return error.message;
    }
    throw error;
  }
  throw new Error('The configuration was taken.');
};

describe('a configuration', () => {
  it("has the lab's facts as its defaults", () => {
    expect(parseConfiguration({})).toEqual({
      region: 'us-east-2',
      namePrefix: 'upload-pipeline',
      bucketName: 'student-upload-bucket-aj',
      artifactBucketName: 'student-upload-bucket-aj-artifacts',
      queueName: 'devops-sqs-queue',
      uploadsPrefix: 'uploads/',
      processedPrefix: 'processed/',
      minSize: 2,
      desiredCapacity: 2,
      maxSize: 4,
      scaleOutThreshold: 10,
      longestTaskSeconds: 60,
      maxReceiveCount: 10,
      rawMessageDelivery: false,
      encryptionKey: 'aws',
      processedStorageClass: 'INTELLIGENT_TIERING',
      forceDestroy: false,
      observability: true,
      runbookUrl: 'docs/runbook.md',
      preventDestroy: false,
      tags: {},
      instanceType: 't3.small',
      availabilityZones: ['us-east-2a', 'us-east-2b'],
      publicReadDemo: false,
      webTier: false,
      webMinSize: 2,
      webDesiredCapacity: 2,
      webMaxSize: 4,
      webRequestsPerTarget: 1000,
      webDeletionProtection: false,
      nodeArtifact: 'dist/node.tar.gz',
      nodeVersion: version,
      workerArtifact: 'dist/worker.tar.gz',
      webArtifact: 'dist/web.tar.gz',
    });
  });

  it('takes the zones of its region', () => {
    expect(parseConfiguration({ region: 'eu-central-1' }).availabilityZones).toEqual([
      'eu-central-1a',
      'eu-central-1b',
    ]);
  });

  it('takes what is given in place of every default', () => {
    const given = {
      region: 'eu-central-1',
      namePrefix: 'films',
      bucketName: 'films-of-anna',
      artifactBucketName: 'software-of-anna',
      queueName: 'film-tasks',
      uploadsPrefix: 'in/',
      processedPrefix: 'out/',
      minSize: 1,
      desiredCapacity: 1,
      maxSize: 9,
      scaleOutThreshold: 0,
      backlogPerInstance: 30,
      longestTaskSeconds: 7200,
      visibilityTimeoutSeconds: 900,
      maxReceiveCount: 3,
      rawMessageDelivery: true,
      tasksPerInstance: 2,
      workerSettings: { METRICS_NAMESPACE: 'Films', UPSCALE_MOVIES: true },
      encryptionKey: 'customer',
      notificationSuffixes: ['.mp4'],
      corsOrigins: ['https://films.example'],
      accessLogBucketName: 'the-logs',
      noncurrentVersionDays: 90,
      processedStorageClass: 'STANDARD',
      forceDestroy: true,
      observability: false,
      alarmEmail: 'operators@films.example',
      alarmTopicArn: 'arn:aws:sns:eu-central-1:111122223333:operators',
      oldestTaskSeconds: 1200,
      timeToDrainSeconds: 600,
      runbookUrl: 'https://films.example/runbook',
      tags: { Team: 'films' },
      instanceType: 'c7i.large',
      otherInstanceTypes: ['c7a.large'],
      onDemandBaseCapacity: 1,
      onDemandPercentageAboveBaseCapacity: 50,
      architecture: 'x86_64',
      volumeSize: 100,
      packages: ['jq'],
      maxInstanceLifetimeSeconds: 604_800,
      refreshAlarmNames: ['tasks-fail'],
      schedule: [{ name: 'night', recurrence: '0 20 * * *', minSize: 1, desiredCapacity: 1, maxSize: 1 }],
      imageId: 'ami-0123456789abcdef0',
      keyPairName: 'anna',
      cidrBlock: '10.20.0.0/16',
      flowLogBucketName: 'the-flow-logs',
      availabilityZones: ['eu-central-1a', 'eu-central-1c'],
      publicReadDemo: true,
      webTier: true,
      webMinSize: 0,
      webDesiredCapacity: 1,
      webMaxSize: 9,
      webRequestsPerTarget: 50,
      webCertificateArn: 'arn:aws:acm:eu-central-1:111122223333:certificate/0b1c',
      webDeletionProtection: true,
      webAccessLogBucketName: 'the-site-logs',
      nodeArtifact: 'elsewhere/node.tar.gz',
      nodeVersion: '22.1.0',
      workerArtifact: 'elsewhere/worker.tar.gz',
      webArtifact: 'elsewhere/web.tar.gz',
      mediaArtifact: 'elsewhere/media.tar.gz',
      endpoint: 'http://127.0.0.1:4566',
    };
    expect(parseConfiguration(given)).toEqual({ ...given, preventDestroy: false });
    const warm = {
      ...given,
      onDemandPercentageAboveBaseCapacity: 100,
      warmPool: { poolState: 'Running', minSize: 1, maxGroupPreparedCapacity: 9, reuseOnScaleIn: true },
    };
    expect(parseConfiguration(warm)).toMatchObject(warm);
    const kept = { ...given, forceDestroy: false, preventDestroy: true };
    expect(parseConfiguration(kept)).toEqual(kept);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a bucket name that S3 refuses', { bucketName: 'Films' }, 'bucketName: got "Films"; S3 allows only'],
    ['min above desired', { minSize: 3 }, 'minSize: got 3; it must not exceed desiredCapacity (2).'],
    ['desired above max', { desiredCapacity: 5 }, 'desiredCapacity: got 5; it must not exceed maxSize (4).'],
    [
      'fewer than 2 zones',
      { availabilityZones: ['us-east-2a'] },
      'availabilityZones: got ["us-east-2a"]; name at least 2 zones',
    ],
    [
      'a zone of another region',
      { availabilityZones: ['us-east-2a', 'us-east-1b'] },
      'us-east-1b is no zone of the region us-east-2.',
    ],
    [
      'a prefix without its slash',
      { uploadsPrefix: 'uploads' },
      'uploadsPrefix: got "uploads"; a prefix ends',
    ],
    [
      'equal prefixes',
      { processedPrefix: 'uploads/' },
      'processedPrefix: got "uploads/"; it must lie outside',
    ],
    [
      'nested prefixes',
      { processedPrefix: 'uploads/done/' },
      'processedPrefix: got "uploads/done/"; it must',
    ],
    [
      'a negative threshold',
      { scaleOutThreshold: -1 },
      'scaleOutThreshold: got -1; it must be a whole number',
    ],
    [
      'an unknown field',
      { bucketname: 'films' },
      'bucketname: got "films"; there is no such field; there are: ',
    ],
    ['a region that is none', { region: 'Ohio' }, 'region: got "Ohio"; a region looks like "us-east-2".'],
    ['a name prefix that is none', { namePrefix: '2films' }, 'namePrefix: got "2films"; up to 31 lowercase'],
    ['a FIFO queue', { queueName: 'tasks.fifo' }, 'queueName: got "tasks.fifo"; S3 and its SNS'],
    [
      'a timeout that SQS refuses',
      { visibilityTimeoutSeconds: 0 },
      'visibilityTimeoutSeconds: got 0; it must',
    ],
    [
      'an instance type that is none',
      { instanceType: 'small' },
      'instanceType: got "small"; an instance type',
    ],
    ['an AMI that is none', { imageId: 'debian' }, 'imageId: got "debian"; an AMI id'],
    [
      'an endpoint that is no URL',
      { endpoint: 'localhost' },
      'endpoint: got "localhost"; an http or https URL',
    ],
    [
      'one bucket for both',
      { artifactBucketName: 'student-upload-bucket-aj' },
      'it must differ from bucketName',
    ],
    [
      'an artifact bucket that S3 refuses',
      { artifactBucketName: 'a' },
      'artifactBucketName: got "a"; S3 allows',
    ],
    [
      'a task of more than 12 hours',
      { longestTaskSeconds: 43_201 },
      'longestTaskSeconds: got 43201; it must',
    ],
    ['no backlog at all', { backlogPerInstance: 0 }, 'backlogPerInstance: got 0; it must be'],
    [
      'an instance type of another processor',
      { instanceType: 't4g.small' },
      'instanceType: got "t4g.small"; the artifacts are for x86_64',
    ],
    [
      'a backlog for each of no instances',
      { backlogPerInstance: 5, minSize: 0 },
      'minSize: got 0; a backlog for each instance needs an instance',
    ],
    [
      'what deletes and what forbids it',
      { forceDestroy: true, preventDestroy: true },
      'forceDestroy: got true; preventDestroy is on',
    ],
    [
      'a warm pool that hibernates',
      { warmPool: { poolState: 'Hibernated' } },
      'warmPool.poolState: got "Hibernated"; it must be "Stopped" or "Running"',
    ],
    [
      'a warm pool of spot instances',
      { warmPool: {}, otherInstanceTypes: ['t3a.small'], onDemandPercentageAboveBaseCapacity: 50 },
      'warmPool: got {}; AWS keeps no spot instances in a warm pool',
    ],
    ['spot of one type', { onDemandPercentageAboveBaseCapacity: 0 }, 'otherInstanceTypes: got nothing; spot'],
    [
      'a web min above its desired',
      { webTier: true, webMinSize: 3 },
      'webMinSize: got 3; it must not exceed webDesiredCapacity (2).',
    ],
    [
      'a certificate that is none',
      { webTier: true, webCertificateArn: 'films.example' },
      'webCertificateArn: got "films.example"; it must be the ARN of a certificate',
    ],
    [
      'a name prefix too long for a load balancer',
      { webTier: true, namePrefix: 'x'.repeat(29) },
      'with a web tier it may have up to 28 characters',
    ],
    [
      'no request at all',
      { webTier: true, webRequestsPerTarget: 0 },
      'webRequestsPerTarget: got 0; it must be more than 0.',
    ],
    [
      'no task at a time',
      { tasksPerInstance: 0 },
      'tasksPerInstance: got 0; it must be a whole number from 1',
    ],
    [
      'settings of the worker in another form',
      { workerSettings: 'LOG_LEVEL=debug' },
      'workerSettings: got "LOG_LEVEL=debug"; it must be an object, as in {"LOG_LEVEL":"debug"}.',
    ],
    [
      'a setting that the worker would not start with',
      { workerSettings: { LOG_LEVEL: 'loud' } },
      'LOG_LEVEL of the workerSettings: got "loud"; it must be one of: "fatal", "error"',
    ],
    [
      'a setting of the worker that is none',
      { workerSettings: { LOGLEVEL: 'debug' } },
      'workerSettings: got "LOGLEVEL"; there are: DRAIN_SECONDS, HEALTH_PORT, LOG_LEVEL',
    ],
    ['no receipt at all', { maxReceiveCount: 0 }, 'maxReceiveCount: got 0; it must be a whole number from 1'],
    ['a key that is none', { encryptionKey: 'alias/films' }, 'encryptionKey: got "alias/films"; it must be'],
    ['overlapping endings', { notificationSuffixes: ['.gz', '.tar.gz'] }, 'notificationSuffixes: got [".gz"'],
    [
      'no range of addresses',
      { cidrBlock: '10.0.0.1/16' },
      'cidrBlock: got "10.0.0.1/16"; it must be the first',
    ],
    ['flow logs in no bucket', { flowLogBucketName: 'Logs' }, 'flowLogBucketName: got "Logs"; S3 allows'],
    [
      'versions that go before their tasks',
      { noncurrentVersionDays: 7 },
      'noncurrentVersionDays: got 7; it must',
    ],
    ['no time to drain', { timeToDrainSeconds: 0 }, 'timeToDrainSeconds: got 0; it must be a whole number'],
    ['an origin that is none', { corsOrigins: ['*'] }, 'corsOrigins: got ["*"]; an origin is'],
    ['a state in no bucket', { stateBucket: 'State' }, 'stateBucket: got "State"; S3 allows'],
    ['logs in no bucket', { accessLogBucketName: 'Logs' }, 'accessLogBucketName: got "Logs"; S3 allows'],
    ['an address that is none', { alarmEmail: 'operators' }, 'alarmEmail: got "operators"; an address looks'],
    ['a topic that is none', { alarmTopicArn: 'operators' }, 'alarmTopicArn: got "operators"; an ARN looks'],
    ['a tag of AWS', { tags: { 'aws:x': 'y' } }, 'tags: got {"aws:x":"y"}; "aws:x": AWS takes'],
    [
      'a class that no browser reads',
      { processedStorageClass: 'GLACIER' },
      'processedStorageClass: got "GLACIER"',
    ],
    ['a number in place of a name', { bucketName: 5 }, 'bucketName: got 5; '],
    ['a word in place of a number', { maxSize: 'four' }, 'maxSize: got "four"; '],
  ])('refuses %s', (_, raw, message) => {
    expect(messageOf(raw)).toContain(message);
  });

  it('tells every problem at once', () => {
    const message = messageOf({ bucketName: 'Films', scaleOutThreshold: -1, minSize: 3 });
    expect(message.split('\n').map((line) => line.trim().split(':')[0])).toEqual([
      'The configuration cannot be used',
      'bucketName',
      'minSize',
      'scaleOutThreshold',
    ]);
  });
});
