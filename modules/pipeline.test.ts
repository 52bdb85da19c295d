import { UploadPipeline, type UploadPipelineProps } from './pipeline';
import { Synthesized, statements } from './testing/synthesized';

const props: UploadPipelineProps = {
  namePrefix: 'films',
  region: 'us-east-2',
  availabilityZones: ['us-east-2a', 'us-east-2b'],
  bucketName: 'films-of-anna',
  artifactBucketName: 'films-of-anna-artifacts',
  queueName: 'film-tasks',
  uploadsPrefix: 'uploads/',
  processedPrefix: 'processed/',
  minSize: 2,
  desiredCapacity: 2,
  maxSize: 4,
  workerArtifact: __filename,
  instanceType: 't3.small',
  scaleOutThreshold: 10,
};

const synthesize = (more: Partial<UploadPipelineProps> = {}): Synthesized<UploadPipeline> =>
  Synthesized.from((scope) => new UploadPipeline(scope, 'pipeline', { ...props, ...more }));

const isKept = (lifecycle: unknown): boolean =>
  typeof lifecycle === 'object' && lifecycle !== null && 'prevent_destroy' in lifecycle;

describe('an upload pipeline', () => {
  it('leads from the bucket over the topic to the queue', () => {
    const stack = synthesize();
    const { topic, queue } = stack.built;
    expect(stack.one('aws_s3_bucket_notification')).toMatchObject({
      topic: [{ topic_arn: stack.reference(topic.arn), filter_prefix: 'uploads/' }],
      depends_on: [expect.stringContaining('aws_sns_topic_policy')],
    });
    expect(stack.one('aws_sns_topic_subscription')).toMatchObject({
      topic_arn: stack.reference(topic.arn),
      endpoint: stack.reference(queue.arn),
    });
  });

  it('begins its names with its prefix, so that two pipelines live in one account', () => {
    const stack = synthesize();
    for (const type of ['aws_autoscaling_group', 'aws_iam_role', 'aws_launch_template', 'aws_sns_topic']) {
      expect(stack.one(type).name).toMatch(/^films-/);
    }
  });

  it('takes a prefix of 31 characters, and refuses one that is longer or no beginning of a name', () => {
    expect(() => synthesize({ namePrefix: 'x'.repeat(31) })).not.toThrow();
    for (const namePrefix of ['x'.repeat(32), '', '2films']) {
      expect(() => synthesize({ namePrefix })).toThrow(
        `namePrefix is "${namePrefix}"; up to 31 lowercase letters, digits and hyphens, a letter first.`,
      );
    }
  });

  it('keeps what its instances download apart from the uploads', () => {
    expect(() => synthesize({ artifactBucketName: props.bucketName })).toThrow(
      'artifactBucketName is "films-of-anna"; it must differ from bucketName',
    );
  });

  it('stands in the network that is asked for', () => {
    const stack = synthesize({ cidrBlock: '10.20.0.0/16', flowLogBucketName: 'the-logs' });
    expect(stack.one('aws_vpc')).toMatchObject({ cidr_block: '10.20.0.0/16', tags: { Name: 'films' } });
    expect(stack.one('aws_flow_log').log_destination).toBe('arn:aws:s3:::the-logs/films/');
  });

  it('has the endpoints that are asked for, which must be those of the workers at least', () => {
    const endpoints = (more: Partial<UploadPipelineProps> = {}): number =>
      synthesize(more).all('aws_vpc_endpoint').length;
    expect(endpoints()).toBe(5);
    expect(endpoints({ interfaceServices: ['sqs', 'autoscaling', 'events'] })).toBe(4);
    expect(() => synthesize({ interfaceServices: ['sqs', 'events'] })).toThrow(
      'interfaceServices is ["sqs","events"]; workers call sqs and autoscaling: add autoscaling.',
    );
  });

  it("encrypts by AWS's own keys", () => {
    const stack = synthesize();
    expect(stack.built.key).toBeUndefined();
    expect(stack.all('aws_sqs_queue').map((queue) => queue.sqs_managed_sse_enabled)).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('encrypts uploads, announcements and tasks by a key of its own, when asked, and lets the workers use it', () => {
    const stack = synthesize({ encryptionKey: 'customer' });
    const key = stack.reference(stack.built.key!.arn);
    expect(stack.all('aws_sqs_queue').map((queue) => queue.kms_master_key_id)).toEqual([key, key, key]);
    expect(stack.one('aws_sns_topic').kms_master_key_id).toBe(key);
    expect(stack.built.bucket.encryptionKeyArn).toBe(stack.built.key!.arn);
    const allowed = statements(stack.one('aws_iam_role_policy').policy);
    expect([allowed.WriteEncrypted!.Resource, allowed.ReadEncryptedTasks!.Resource]).toEqual([key, key]);
  });

  it('encrypts by a key that stands already', () => {
    const key = 'arn:aws:kms:us-east-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    const stack = synthesize({ encryptionKey: key });
    expect(stack.all('aws_kms_key')).toEqual([]);
    expect(stack.all('aws_sqs_queue').map((queue) => queue.kms_master_key_id)).toEqual([key, key, key]);
  });

  it('refuses a key that is none', () => {
    expect(() => synthesize({ encryptionKey: 'alias/films' })).toThrow(
      'encryptionKey is "alias/films"; it must',
    );
  });

  it('protects what holds data, when asked, and nothing else', () => {
    const stack = synthesize({ preventDestroy: true, encryptionKey: 'customer' });
    const kept = (type: string): unknown[] => stack.all(type).filter(({ lifecycle }) => isKept(lifecycle));
    expect(kept('aws_sqs_queue')).toHaveLength(3);
    expect(kept('aws_kms_key')).toHaveLength(1);
    expect(kept('aws_s3_bucket').map((bucket) => (bucket as { bucket: unknown }).bucket)).toEqual([
      'films-of-anna',
    ]);
  });

  it('has alarms and a dashboard', () => {
    const stack = synthesize();
    expect(stack.one('aws_cloudwatch_dashboard').dashboard_name).toBe('films');
    expect(Object.keys(stack.built.observability!.alarms.resources)).toContain('undelivered');
  });

  it('has neither, when asked', () => {
    const stack = synthesize({ observability: false });
    expect(stack.all('aws_cloudwatch_dashboard')).toEqual([]);
    expect(stack.built.observability).toBeUndefined();
  });

  it('tags everything, when asked', () => {
    const stack = synthesize({ tags: { Team: 'films' } });
    for (const type of [
      'aws_sqs_queue',
      'aws_s3_bucket',
      'aws_iam_role',
      'aws_cloudwatch_metric_alarm',
      'aws_vpc',
    ]) {
      for (const { tags } of stack.all(type)) {
        expect(tags).toMatchObject({ Team: 'films' });
      }
    }
  });

  it('delivers the worker alone', () => {
    expect(synthesize().all('aws_s3_object')).toHaveLength(1);
  });

  it('delivers Node once where its archive is given, to both fleets', () => {
    const stack = synthesize({ nodeArtifact: __filename, webTier: true, webArtifact: __filename });
    expect(stack.all('aws_s3_object').map(({ key }) => key)).toEqual([
      expect.stringMatching(/^node\//),
      expect.stringMatching(/^web\//),
      expect.stringMatching(/^worker\//),
    ]);
    const scripts = stack.locals.map(String);
    expect(scripts).toHaveLength(2);
    for (const script of scripts) {
      expect(script).toMatch(/\npatiently unpack s3:\S+artifacts_node-object\S+ & /);
    }
  });

  it('lets an AMI that has the same version of Node do without', () => {
    const [script] = synthesize({ nodeArtifact: __filename, nodeVersion: '22.23.3' }).locals;
    expect(script).toMatch(
      /\n\[ "\$\(node --version\)" = v22.23.3 \] \|\| patiently unpack s3:\S+node-object/,
    );
  });

  it.each(['v22.23.3', '22', '22.23.3; reboot'])('refuses %s as the version of Node', (nodeVersion) => {
    expect(() => synthesize({ nodeVersion })).toThrow('it must be a version of Node, as 22.23.3.');
  });

  it('delivers ffmpeg where its archive is given', () => {
    expect(
      synthesize({ mediaArtifact: __filename })
        .all('aws_s3_object')
        .map(({ key }) => key),
    ).toEqual([expect.stringMatching(/^media\//), expect.stringMatching(/^worker\//)]);
  });

  it.each([
    [{}, undefined],
    [{ mediaArtifact: __filename }, '2'],
    [{ mediaArtifact: __filename, tasksPerInstance: 1 }, '1'],
    [{ tasksPerInstance: 50 }, '50'],
  ])('has few tasks at a time on an instance that makes movies: %j', (props, expected) => {
    const script = synthesize(props)
      .locals.map(String)
      .find((local) => local.includes('upload-worker'));
    expect(/Environment="WORKER_CONCURRENCY=(\d+)"/.exec(script ?? '')?.[1]).toBe(expected);
    expect(script).toContain('bin/upload-worker');
  });

  it('refuses a worker that has no task at a time', () => {
    expect(() => synthesize({ tasksPerInstance: 0 })).toThrow(
      'tasksPerInstance is 0; it must be a whole number from 1 to 1000.',
    );
  });

  it('keeps uploads private', () => {
    const blocks = synthesize().all('aws_s3_bucket_public_access_block');
    expect(blocks.map((block) => block.block_public_policy)).toEqual([true, true]);
  });

  it('opens the upload bucket, and never the artifacts, for the public-read demo', () => {
    const stack = synthesize({ publicReadDemo: true });
    expect(stack.one('aws_s3_bucket_public_access_block', { block_public_policy: false }).bucket).toMatch(
      /aws_s3_bucket\.pipeline_uploads_/,
    );
    expect(stack.one('aws_s3_bucket_public_access_block', { block_public_policy: true }).bucket).toMatch(
      /aws_s3_bucket\.pipeline_artifacts_/,
    );
  });

  it('has no site, and no way in from the internet', () => {
    const stack = synthesize();
    expect(stack.built.web).toBeUndefined();
    expect(stack.types.filter((type) => /^aws_(lb|internet)/.test(type))).toEqual([]);
  });

  describe('with a web tier', () => {
    it('has two groups: the site behind the load balancer, the workers behind none', () => {
      const stack = synthesize({ webTier: true, webArtifact: __filename });
      const [web, workers] = ['films-web', 'films-workers'].map((name) =>
        stack.one('aws_autoscaling_group', { name }),
      );
      expect(web).toMatchObject({ min_size: 2, desired_capacity: 2, max_size: 4, health_check_type: 'ELB' });
      expect(workers!.target_group_arns).toBeUndefined();
      expect(workers).toEqual(synthesize().one('aws_autoscaling_group'));
    });

    it('is watched as well', () => {
      const { alarms } = synthesize({ webTier: true, webArtifact: __filename }).built.observability!;
      expect(Object.keys(alarms.resources)).toEqual(
        expect.arrayContaining(['web-below-min', 'no-healthy-host']),
      );
    });

    it('takes the sizes that are given', () => {
      const sizes = { webMinSize: 1, webDesiredCapacity: 3, webMaxSize: 9 };
      const stack = synthesize({ webTier: true, webArtifact: __filename, ...sizes });
      expect(stack.one('aws_autoscaling_group', { name: 'films-web' })).toMatchObject({
        min_size: 1,
        desired_capacity: 3,
        max_size: 9,
      });
    });

    it('needs the archive of the site', () => {
      expect(() => synthesize({ webTier: true })).toThrow('webArtifact is undefined; the web tier needs it');
    });
  });
});
