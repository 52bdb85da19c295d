import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { EC2 } from '@aws-sdk/client-ec2';

import { type Applied, applied } from '../testing/applied';
import { acts } from './acts';
import type { Stage } from './acts/stage';
import type { Lab } from './lab';
import { administrator } from '../support/account';

/** A minute lasts three seconds. */
const timeFactor = 20;

describe('a pipeline in compressed time', () => {
  let pipeline: Applied;
  let lab: Lab;
  let stage: Stage;

  beforeAll(async () => {
    pipeline = await applied({
      timeFactor,
    });
    ({ lab, stage } = pipeline);
  });

  afterAll(async () => {
    await pipeline[Symbol.asyncDispose]();
  });

  it('has the alarms of production, and nothing to change in a second plan', async () => {
    const cloudWatch = new CloudWatchClient({
      endpoint: lab.endpoint,
      region: lab.outputs.region,
      credentials: administrator,
    });
    const { MetricAlarms } = await cloudWatch.send(new DescribeAlarmsCommand({}));
    cloudWatch.destroy();
    const scaling = MetricAlarms!.filter(({ AlarmActions }) =>
      AlarmActions!.some((action) => action.includes(':scalingPolicy:')),
    );
    expect(scaling.length).toBeGreaterThanOrEqual(2);
    expect(scaling.every(({ Period }) => Period === 60)).toBe(true);
    expect(await lab.terraform.plan()).toMatchObject({ changes: false, changed: [] });
  });

  it('grows in a burst, drains the queue, and shrinks without killing a busy worker', async () => {
    // As the acts before it may leave it: in alarm still, with an empty queue.
    const workers = await stage.groupReady();
    for (const worker of workers) {
      await stage.kill(worker);
    }
    await stage.uploadAll(Array.from({ length: 20 }, (_, index) => `before/${index + 1}.txt`));
    await stage.until('the alarm', async () =>
      (await stage.scaling.alarms()).some(
        ({ ComparisonOperator, StateValue }) =>
          ComparisonOperator!.startsWith('Greater') && StateValue === 'ALARM',
      ),
    );
    for (const worker of workers) {
      await stage.start(worker);
    }
    await stage.queueIsEmpty();

    const scales = acts.find(({ name }) => name === 'scales');
    const seen = await scales!.play(stage);
    expect(seen.join('\n')).toContain('capacity from 2 to 3.');
    expect(seen.join('\n')).toContain('capacity from 3 to 4.');
  }, 900_000);

  it('kills no worker that is busy while the group shrinks: its task is done by itself, once', async () => {
    await stage.groupAtRest();
    const before = (await stage.groupReady()).map(({ instanceId }) => instanceId);
    const key = stage.pipeline.uploadKey('slow.txt');
    const copying = lab.edge.faults.hold(
      ({ service, headers }) => service === 's3' && String(headers['x-amz-copy-source']).includes('slow.txt'),
    );
    await stage.upload('slow.txt');
    await copying.caught;
    const holders = await stage.whoseLogSays(`Processing: ${key}`);
    expect(holders).toHaveLength(1);
    await stage.group.terminateInGroup(holders[0]!.instanceId);
    await stage.until('a replacement in service', async () =>
      (await stage.members()).some(({ instanceId }) => !before.includes(instanceId)),
    );
    expect(await stage.works(holders[0]!.body)).toBe(true);
    copying.release();
    await stage.processed('slow.txt');
    await stage.until('the body gone', () => lab.fleet.body(holders[0]!.instanceId) === undefined);
    expect(await stage.log(holders[0]!)).toContain(`Moved to: ${stage.pipeline.processedKey('slow.txt')}`);
    await stage.queueIsEmpty();
    expect(await stage.lost()).toEqual([]);
  });

  it('keeps a worker ready in a warm pool, stopped: it works when the group grows, and goes back when it shrinks', async () => {
    const { endpoint, outputs } = lab;
    const autoScaling = new AutoScaling({ endpoint, region: outputs.region, credentials: administrator });
    const group = { AutoScalingGroupName: outputs.workerGroupName };
    const stopped = async (): Promise<string[]> => {
      const { Instances = [] } = await autoScaling.describeWarmPool(group);
      return Instances.flatMap(({ InstanceId, LifecycleState }) =>
        LifecycleState === 'Warmed:Stopped' ? [InstanceId!] : [],
      );
    };

    const { desiredCapacity } = await stage.group.describe();
    const pool = { maxGroupPreparedCapacity: desiredCapacity + 1, reuseOnScaleIn: true };
    await lab.apply({ UPLOAD_PIPELINE_WARM_POOL: JSON.stringify(pool) });
    await stage.until('the end of the refresh', async () => {
      const { InstanceRefreshes } = await autoScaling.describeInstanceRefreshes(group);
      return InstanceRefreshes?.[0]?.Status === 'Successful';
    });
    const ready = await stage.until('a stopped worker in the warm pool', async () => (await stopped())[0]);
    await stage.until('the end of its body', () => lab.fleet.body(ready) === undefined);

    // What follows is done by hand; the scaling policies would undo it.
    await autoScaling.suspendProcesses({ ...group, ScalingProcesses: ['AlarmNotification'] });
    await autoScaling.setDesiredCapacity({ ...group, DesiredCapacity: desiredCapacity + 1 });
    const grown = await stage.groupReady();
    expect(grown.map(({ instanceId }) => instanceId)).toContain(ready);
    let uploads = 0;
    await stage.until('the worker of the pool at work', async () => {
      await stage.upload(`warm/${(uploads += 1)}.txt`);
      const busy = await stage.whoseLogSays('Processing: uploads/warm/');
      return busy.some(({ instanceId }) => instanceId === ready);
    });

    await autoScaling.setDesiredCapacity({ ...group, DesiredCapacity: desiredCapacity });
    await stage.until('one of them back in the warm pool', async () => {
      const back = await stopped();
      return grown.some(({ instanceId }) => back.includes(instanceId));
    });
    autoScaling.destroy();
    await stage.allProcessed(stage.uploaded);
    await stage.queueIsEmpty();
  }, 300_000);

  it('grows a group by what the processors of its instances really do, with target tracking', async () => {
    const { endpoint, outputs } = lab;
    const common = { endpoint, region: outputs.region, credentials: administrator };
    const [ec2, autoScaling] = [new EC2(common), new AutoScaling(common)];
    const AutoScalingGroupName = 'busy';
    await ec2.createLaunchTemplate({
      LaunchTemplateName: 'busy',
      LaunchTemplateData: {
        ImageId: 'ami-12345678',
        InstanceType: 't2.micro',
        UserData: Buffer.from('#!/bin/bash\nwhile :; do :; done\n').toString('base64'),
      },
    });
    await autoScaling.createAutoScalingGroup({
      AutoScalingGroupName,
      MinSize: 1,
      MaxSize: 2,
      LaunchTemplate: { LaunchTemplateName: 'busy' },
      AvailabilityZones: [`${outputs.region}a`],
    });
    await autoScaling.putScalingPolicy({
      AutoScalingGroupName,
      PolicyName: 'processors',
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingConfiguration: {
        // Of one processor, which this one may have to share with much else.
        TargetValue: 5,
        PredefinedMetricSpecification: { PredefinedMetricType: 'ASGAverageCPUUtilization' },
      },
    });
    const why = await stage.until('a second busy instance', async () => {
      const { Activities = [] } = await autoScaling.describeScalingActivities({ AutoScalingGroupName });
      return Activities.length > 1 && Activities[0]?.Cause;
    });
    expect(why).toMatch(/alarm TargetTracking-busy-AlarmHigh-.* in state ALARM triggered policy processors/);
    await autoScaling.deleteAutoScalingGroup({ AutoScalingGroupName, ForceDelete: true });
    ec2.destroy();
    autoScaling.destroy();
  });

  it('had no trouble in the fleet all along', () => {
    expect(pipeline.problems).toEqual([]);
  });
});
