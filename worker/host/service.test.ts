import { createLogger } from '../../instance/logger';
import {
  autoScalingHere,
  type AutoScalingCall,
  type AutoScalingServer,
} from '../testing/auto-scaling-server';
import { until } from '../testing/until';
import { serveGroup, type ServiceOptions } from './service';
import type { Target } from './target';

let group: AutoScalingServer;
let refuses: (call: AutoScalingCall) => boolean;

beforeEach(async () => {
  refuses = () => false;
  group = await autoScalingHere((call) => refuses(call));
});
afterEach(async () => {
  await group[Symbol.asyncDispose]();
});

/** An instance whose state the test sets, and the story of its work. */
function serve(first: Target, more: Partial<ServiceOptions> = {}) {
  const story: string[] = [];
  const values = new Map([['instance-id', 'i-1']]);
  const end = new AbortController();
  const served = serveGroup({
    region: 'us-east-2',
    autoScalingGroupName: 'workers',
    lifecycleHookName: 'drain',
    launchHookName: 'launch',
    terminationDrainSeconds: 3600,
    metadata: { read: (path) => Promise.resolve(values.get(path)) },
    target: Promise.resolve(first),
    work: {
      start: () => story.push('start'),
      stop: ({ drainSeconds }) => Promise.resolve(void story.push(`stop within ${drainSeconds} s`)),
    },
    log: createLogger('silent'),
    signal: end.signal,
    intervalMs: 2,
    ...more,
  });
  const become = (state: string) => values.set('autoscaling/target-lifecycle-state', state);
  become(first === 'warmed' ? 'Warmed:Stopped' : 'InService');
  return {
    story,
    served,
    become,
    values,
    async [Symbol.asyncDispose]() {
      end.abort();
      await served;
    },
  };
}

const completed = () => group.calls.map(({ LifecycleHookName }) => LifecycleHookName);

describe('an instance of a group', () => {
  it('works from the start on where it is to be in service, and tells the group that it has booted', async () => {
    await using instance = serve('in-service');
    await until('the group was told', () => group.calls.length === 1);
    expect(instance.story).toEqual(['start']);
    expect(group.calls).toMatchObject([
      {
        Action: 'CompleteLifecycleAction',
        AutoScalingGroupName: 'workers',
        LifecycleHookName: 'launch',
        LifecycleActionResult: 'CONTINUE',
        InstanceId: 'i-1',
      },
    ]);
  });

  it('tells nobody that it has booted where no launch hook waits for it', async () => {
    await using instance = serve('in-service', { launchHookName: undefined });
    instance.become('Terminated');
    await instance.served;
    expect(completed()).toEqual(['drain']);
  });

  it('waits in the warm pool, and works as soon as it is to be in service', async () => {
    await using instance = serve('warmed');
    await until('the group knows that it has booted', () => group.calls.length === 1);
    expect(instance.story).toEqual([]);
    instance.become('InService');
    await until('it works', () => instance.story.length === 1);
    expect(instance.story).toEqual(['start']);
    await until('the group knows that it works', () => group.calls.length === 2);
    expect(completed()).toEqual(['launch', 'launch']);
  });

  it('drains on its way back to the warm pool, tells the group, and works again later', async () => {
    await using instance = serve('in-service', { launchHookName: undefined });
    await until('it works', () => instance.story.length === 1);
    instance.become('Warmed:Running');
    await until('it may go back', () => completed().includes('drain'));
    expect(instance.story).toEqual(['start', 'stop within 3600 s']);
    instance.become('InService');
    await until('it works again', () => instance.story.length === 3);
    instance.become('Terminated');
    await instance.served;
    expect(instance.story).toEqual(['start', 'stop within 3600 s', 'start', 'stop within 3600 s']);
    expect(completed()).toEqual(['drain', 'drain']);
  });

  it('goes from the warm pool without having worked', async () => {
    await using instance = serve('warmed');
    instance.become('Warmed:Terminated');
    await instance.served;
    expect(instance.story).not.toContain('start');
    expect(completed()).toContain('drain');
  });

  it('tells it again when the group does not wait for it yet', async () => {
    refuses = () => group.calls.length < 3;
    await using instance = serve('in-service');
    await until('the group takes it', () => group.calls.length === 3);
    expect(completed()).toEqual(['launch', 'launch', 'launch']);
    expect(instance.story).toEqual(['start']);
  });

  it('is seen to go while the group does not wait for its boot', async () => {
    refuses = ({ LifecycleHookName }) => LifecycleHookName === 'launch';
    await using instance = serve('in-service');
    instance.become('Terminated');
    await until('it has drained', () => completed().includes('drain'));
    expect(instance.story).toEqual(['start', 'stop within 3600 s']);
  });

  it('drains for less than two minutes at a spot notice, whatever the group allows', async () => {
    await using instance = serve('in-service');
    instance.values.set('spot/instance-action', '{"action":"terminate"}');
    await instance.served;
    expect(instance.story).toEqual(['start', 'stop within 90 s']);
    expect(completed()).not.toContain('drain');
  });

  it('has a drain for the group shortened by a spot notice: the instance is gone in two minutes', async () => {
    const limits: number[] = [];
    const shortened = Promise.withResolvers<undefined>();
    await using instance = serve('in-service', {
      work: {
        start: () => undefined,
        stop: async ({ drainSeconds }) => {
          limits.push(drainSeconds);
          if (drainSeconds < 3600) shortened.resolve(undefined);
          else instance.values.set('spot/instance-action', '{"action":"terminate"}');
          await shortened.promise;
        },
      },
    });
    instance.become('Terminated');
    await instance.served;
    expect(limits).toEqual([3600, 90]);
  });

  it('does nothing more once the worker stops', async () => {
    const instance = serve('warmed');
    await until('the group was told', () => group.calls.length === 1);
    await instance[Symbol.asyncDispose]();
    expect(instance.story).toEqual([]);
  });
});
