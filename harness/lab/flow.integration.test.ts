import {
  AutoScalingClient,
  DescribeScalingActivitiesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { GetRolePolicyCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { EC2Client, GetConsoleOutputCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';

import { type Applied, applied } from '../testing/applied';
import { unexplainedGrants } from '../testing/unexplained-grants';
import type { Stage } from './acts/stage';
import type { Lab } from './lab';
import { administrator } from '../support/account';

/** Short, so that a task whose worker was killed comes back soon. */
const visibilityTimeoutSeconds = 10;

describe('the pipeline that Terraform applied', () => {
  let pipeline: Applied;
  let lab: Lab;
  let stage: Stage;

  beforeAll(async () => {
    pipeline = await applied({
      environment: { UPLOAD_PIPELINE_VISIBILITY_TIMEOUT_SECONDS: String(visibilityTimeoutSeconds) },
    });
    ({ lab, stage } = pipeline);
  });

  afterAll(async () => {
    await pipeline[Symbol.asyncDispose]();
  });

  const clients = { region: 'us-east-2', credentials: administrator };

  it('finds nothing to change in a second plan', async () => {
    expect(await lab.terraform.plan()).toMatchObject({ changes: false, changed: [] });
  });

  it('moves an uploaded file to processed/, with its content and its type', async () => {
    await stage.upload('one.txt', 'the content');
    await stage.processed('one.txt');
    expect(await stage.pipeline.read(stage.pipeline.processedKey('one.txt'))).toBe('the content');
  });

  it('processes keys with spaces, accents and reserved characters', async () => {
    const names = ['a+b c é.txt', 'ein Ordner/100 %.txt', 'emoji 🎬.txt', 'quote\'&"<x>.txt'];
    await stage.uploadAll(names);
    await stage.allProcessed(names);
    expect(await stage.lost(names)).toEqual([]);
  });

  it('redelivers a task whose worker was killed in the middle of it, and the file ends processed once', async () => {
    const key = stage.pipeline.uploadKey('killed.txt');
    const copying = lab.edge.faults.hold(
      ({ service, headers }) =>
        service === 's3' && String(headers['x-amz-copy-source']).includes('killed.txt'),
    );
    await stage.upload('killed.txt');
    await copying.caught;

    const holders = await stage.whoseLogSays(`Processing: ${key}`);
    expect(holders).toHaveLength(1);
    await holders[0]!.body.run(['pkill', '-9', '-f', '/opt/upload-pipeline/bin/../worker.js']);
    copying.release();

    await stage.processed('killed.txt');
    // The message is deleted after the worker has told: S3 shows the move before both.
    await stage.queueIsEmpty();
    const after = await stage.whoseLogSays(`Moved to: ${stage.pipeline.processedKey('killed.txt')}`);
    expect(after).toHaveLength(1);
  });

  it('keeps a task while every worker is down, and drains once one is started', async () => {
    const workers = await stage.groupReady();
    for (const worker of workers) {
      await stage.kill(worker);
    }
    await stage.upload('waits.txt');
    await stage.queueHolds('one waiting message', ({ visible, inFlight }) => visible === 1 && inFlight === 0);
    expect(await stage.pipeline.exists(stage.pipeline.uploadKey('waits.txt'))).toBe(true);
    expect(await stage.runningWorkers()).toEqual([]);

    await stage.start(workers[0]);
    await stage.processed('waits.txt');
    await stage.queueIsEmpty();
    for (const worker of workers.slice(1)) {
      await stage.start(worker);
    }
  });

  it('kills a worker in the middle of its task for good: it extends and gives back nothing any more', async () => {
    const copying = lab.edge.faults.hold(
      ({ service, headers }) =>
        service === 's3' && String(headers['x-amz-copy-source']).includes('silent.txt'),
    );
    await stage.upload('silent.txt');
    const { accessKeyId } = await copying.caught;
    const [holder] = await stage.whoseLogSays(`Processing: ${stage.pipeline.uploadKey('silent.txt')}`);
    await stage.kill(holder!);
    const goodbyes: unknown[] = [];
    lab.edge.onCall((call) => {
      if (call.accessKeyId === accessKeyId && call.action !== 'ReceiveMessage') {
        goodbyes.push(call);
      }
    });
    copying.release();
    await stage.processed('silent.txt');
    expect(goodbyes).toEqual([]);
    await stage.start(holder!);
  });

  it('starts a worker again that died by itself', async () => {
    const [worker] = await stage.groupReady();
    const died = await stage.pid(worker);
    expect(died).toBeGreaterThan(0);
    await worker.body.run(['kill', '-KILL', String(died)]);
    await stage.until('another worker', async () => ![0, died].includes(await stage.pid(worker)));
    expect(await stage.runningWorkers()).toHaveLength(2);
  });

  it('replaces a terminated instance, and the next file is processed', async () => {
    const before = await stage.groupReady();
    await stage.group.terminate(before[0].instanceId);
    await stage.until('the body gone', () => lab.fleet.body(before[0].instanceId) === undefined);
    await stage.upload('next.txt');
    await stage.processed('next.txt');
    const after = await stage.groupReady();
    expect(after.map(({ instanceId }) => instanceId)).not.toContain(before[0].instanceId);
    expect(after).toHaveLength(before.length);
  });

  it('drains and replaces an instance that is terminated through Auto Scaling, and says why in its activities', async () => {
    const before = await stage.groupReady();
    const autoScaling = new AutoScalingClient({ ...clients, endpoint: lab.endpoint });
    await autoScaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({
        InstanceId: before[0].instanceId,
        ShouldDecrementDesiredCapacity: false,
      }),
    );
    await stage.until('the body gone', () => lab.fleet.body(before[0].instanceId) === undefined);
    const after = await stage.groupReady();
    expect(after.map(({ instanceId }) => instanceId)).not.toContain(before[0].instanceId);
    const { Activities } = await autoScaling.send(
      new DescribeScalingActivitiesCommand({ AutoScalingGroupName: lab.outputs.workerGroupName }),
    );
    const ended = Activities?.find(
      ({ Description }) => Description === `Terminating EC2 instance: ${before[0].instanceId}`,
    );
    expect(ended).toMatchObject({ StatusCode: 'Successful' });
    expect(ended?.Cause).toContain('in response to a user request');
    autoScaling.destroy();
  });

  it('shares 200 files between two workers, loses none and leaves none', async () => {
    const workers = await stage.groupReady();
    const names = Array.from({ length: 200 }, (_, index) => `bulk/${index}.txt`);
    await stage.uploadAll(names);
    await stage.allProcessed(names);
    await stage.queueIsEmpty();
    const shares = await Promise.all(
      workers.map(
        async (worker) =>
          (await stage.log(worker)).split(`Moved to: ${stage.pipeline.processedKey('bulk/')}`).length - 1,
      ),
    );
    expect(shares).toHaveLength(2);
    expect(Math.min(...shares)).toBeGreaterThan(0);
    expect(shares.reduce((sum, share) => sum + share)).toBe(200);
    expect(await stage.lost()).toEqual([]);
    expect(await stage.pipeline.depth(lab.outputs.deadLetterQueueUrl)).toEqual({ visible: 0, inFlight: 0 });
  });

  it("shows a failing user data script on the instance's console, and the instance never works", async () => {
    const ec2 = new EC2Client({ ...clients, endpoint: lab.endpoint });
    const { subnets } = await stage.group.describe();
    const { Instances } = await ec2.send(
      new RunInstancesCommand({
        LaunchTemplate: { LaunchTemplateId: lab.outputs.workerLaunchTemplateId },
        SubnetId: subnets[0],
        UserData: Buffer.from('#!/bin/bash\necho this will not end well\nexit 3\n').toString('base64'),
        MinCount: 1,
        MaxCount: 1,
      }),
    );
    const instanceId = Instances![0]!.InstanceId!;
    const console = await stage.until('the failure on the console', async () => {
      const { Output } = await ec2.send(new GetConsoleOutputCommand({ InstanceId: instanceId }));
      const text = Buffer.from(Output ?? '', 'base64').toString();
      return text.includes('failed') && text;
    });
    expect(console).toContain('this will not end well');
    expect(console).toContain('user data failed with exit code 3');
    expect(await stage.works(lab.fleet.body(instanceId)!)).toBe(false);
    await stage.group.terminate(instanceId);
    ec2.destroy();
  });

  it('denies the worker what is taken from its policy, and the task stays in the queue', async () => {
    const workers = await stage.groupReady();
    for (const worker of workers) {
      await stage.kill(worker);
    }
    const iam = new IAMClient({ ...clients, endpoint: lab.endpoint });
    const [{ roleName: RoleName, policy: PolicyName } = { roleName: '', policy: '' }] =
      await lab.access.usedGrants();
    const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    const whole = decodeURIComponent(PolicyDocument!);
    const put = (document: string): Promise<unknown> =>
      iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: document }));
    await put(whole.replace('"sqs:ReceiveMessage",', ''));

    await stage.start(workers[0]);
    await stage.upload('denied.txt');
    const denial = await stage.until('the denial', () =>
      lab.access.denials.find(({ action }) => action === 'sqs:ReceiveMessage'),
    );
    expect(denial).toMatchObject({ resource: lab.outputs.queueArn });
    expect(denial.message).toMatch(/because no identity-based policy allows the sqs:ReceiveMessage action$/);
    await stage.queueHolds('one waiting message', ({ visible, inFlight }) => visible === 1 && inFlight === 0);
    expect(await stage.pipeline.exists(stage.pipeline.uploadKey('denied.txt'))).toBe(true);

    await put(whole);
    await stage.processed('denied.txt');
    iam.destroy();
  });

  it('gives its roles no permission that they do not use, but for a written reason', async () => {
    expect(await unexplainedGrants(lab.access)).toEqual([]);
    // The test before took this one away.
    expect(lab.access.denials.filter(({ action }) => action !== 'sqs:ReceiveMessage')).toEqual([]);
  });

  it('had no trouble in the fleet all along', () => {
    expect(pipeline.problems).toEqual([]);
  });
});
