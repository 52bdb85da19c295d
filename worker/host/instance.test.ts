import { createLogger } from '../../instance/logger';
import { startMetadataServer } from '../../testing/metadata-server';
import { readEnvironment } from '../environment';
import { autoScalingHere, type AutoScalingServer } from '../testing/auto-scaling-server';
import { until } from '../testing/until';
import { instanceDuties } from './instance';

let group: AutoScalingServer;

beforeEach(async () => {
  group = await autoScalingHere();
});
afterEach(async () => {
  await group[Symbol.asyncDispose]();
});

/** A worker that has begun to serve and was given no task. */
function idle(metadata: { readonly endpoint: string }) {
  const log = createLogger('silent');
  const warn = jest.spyOn(log, 'warn');
  const environment = readEnvironment({
    AWS_REGION: 'us-east-2',
    QUEUE_URL: 'http://127.0.0.1/000000000000/tasks',
    UPLOAD_BUCKET: 'bucket',
    UPLOADS_PREFIX: 'uploads/',
    PROCESSED_PREFIX: 'processed/',
    VISIBILITY_TIMEOUT_SECONDS: '30',
    AUTO_SCALING_GROUP_NAME: 'workers',
  });
  const duties = instanceDuties(environment, metadata.endpoint, log)!;
  duties.serve({ start: () => undefined, stop: () => Promise.resolve() });
  return { duties, warn };
}

describe('the instance of an idle worker', () => {
  beforeEach(() => {
    jest.useFakeTimers({
      doNotFake: [
        'Date',
        'hrtime',
        'nextTick',
        'performance',
        'queueMicrotask',
        'setImmediate',
        'setInterval',
      ],
    });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('is freed of the protection that a worker left which was killed at work', async () => {
    await using metadata = await startMetadataServer({
      'instance-id': 'i-1',
      'autoscaling/target-lifecycle-state': 'InService',
    });
    const { duties } = idle(metadata);
    jest.advanceTimersByTime(10_000);
    await until('the group was told', () => group.calls.length === 1);
    expect(group.calls).toMatchObject([
      {
        Action: 'SetInstanceProtection',
        AutoScalingGroupName: 'workers',
        'InstanceIds.member.1': 'i-1',
        ProtectedFromScaleIn: 'false',
      },
    ]);
    await duties.stop();
    expect(group.calls).toHaveLength(1);
  });

  it.each([
    ['outside a group', {}],
    ['in the warm pool of its group', { 'autoscaling/target-lifecycle-state': 'Warmed:Running' }],
  ])('is left alone %s, without a warning', async (_, state) => {
    await using metadata = await startMetadataServer({ 'instance-id': 'i-1', ...state });
    const { duties, warn } = idle(metadata);
    await duties.stop();
    expect(group.calls).toEqual([]);
    expect(warn).not.toHaveBeenCalled();
  });
});
