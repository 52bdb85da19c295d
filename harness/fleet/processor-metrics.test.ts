import { statistic } from './alarms/metrics/statistic';
import { MetricStore } from './alarms/metrics/store';
import { type MeasuredInstance, ProcessorMetrics } from './processor-metrics';
import { HandClock } from './testing/clock';

/** A body whose processor time the test says. */
class Busy {
  /** `undefined` once it has ended. */
  used: number | undefined = 0;

  cpuSeconds(): Promise<number | undefined> {
    return Promise.resolve(this.used);
  }
}

let clock: HandClock;
let store: MetricStore;
let metrics: ProcessorMetrics;
const asked: string[] = [];

beforeEach(() => {
  clock = new HandClock();
  store = new MetricStore(clock);
  asked.length = 0;
  metrics = new ProcessorMetrics(clock, (instanceType) => {
    asked.push(instanceType);
    return Promise.resolve(instanceType === 't3.micro' ? 2 : 4);
  });
});

const instance = (
  instanceId: string,
  body: Busy,
  settings: Partial<MeasuredInstance> = {},
): MeasuredInstance => ({
  instanceId,
  instanceType: 't3.micro',
  groupName: 'workers',
  body,
  ...settings,
});

/** Statistics of all that was reported so far. */
function cpu(dimensions: Record<string, string>, stat = 'Average'): number | undefined {
  const metric = { namespace: 'AWS/EC2', name: 'CPUUtilization', dimensions };
  const values = store.between(metric, 0, clock.now().getTime() + 1);
  return values && statistic(stat)(values);
}

it('reports the share of the processors of its type that an instance used since the last look', async () => {
  const body = new Busy();
  const busy = [instance('i-1', body)];
  await metrics.report(busy, store);
  expect(cpu({ InstanceId: 'i-1' })).toBeUndefined();
  clock.pass(10);
  body.used = 5;
  await metrics.report(busy, store);
  expect(cpu({ InstanceId: 'i-1' })).toBe(25);
  clock.pass(10);
  body.used = 20;
  await metrics.report(busy, store);
  expect(cpu({ InstanceId: 'i-1' }, 'Maximum')).toBe(75);
  expect(asked).toEqual(['t3.micro']);
});

it('reports the instances of a group together as well, and one without a group by itself', async () => {
  const bodies = [new Busy(), new Busy(), new Busy()] as const;
  const all = [
    instance('i-1', bodies[0]),
    instance('i-2', bodies[1], { instanceType: 'c5.xlarge' }),
    instance('i-3', bodies[2], { groupName: undefined }),
  ];
  await metrics.report(all, store);
  clock.pass(10);
  for (const body of bodies) {
    body.used = 10;
  }
  await metrics.report(all, store);
  expect(cpu({ InstanceId: 'i-1' })).toBe(50);
  expect(cpu({ InstanceId: 'i-2' })).toBe(25);
  expect(cpu({ InstanceId: 'i-3' })).toBe(50);
  expect(cpu({ AutoScalingGroupName: 'workers' })).toBe(37.5);
  expect(cpu({ AutoScalingGroupName: 'workers' }, 'SampleCount')).toBe(2);
});

it('reports no more than all processors of the type, and no less than none', async () => {
  const [large, shrinking] = [new Busy(), new Busy()];
  const both = [instance('i-1', large), instance('i-2', shrinking)];
  shrinking.used = 3;
  await metrics.report(both, store);
  clock.pass(1);
  large.used = 16;
  shrinking.used = 2;
  await metrics.report(both, store);
  expect(cpu({ InstanceId: 'i-1' })).toBe(100);
  expect(cpu({ InstanceId: 'i-2' })).toBe(0);
});

it('reports nothing of an instance that does not run', async () => {
  const ended = new Busy();
  const none = [instance('i-1', ended), instance('i-2', ended, { body: undefined })];
  await metrics.report(none, store);
  clock.pass(10);
  ended.used = undefined;
  await metrics.report(none, store);
  expect(cpu({ InstanceId: 'i-1' })).toBeUndefined();
  expect(cpu({ AutoScalingGroupName: 'workers' })).toBeUndefined();
});

it('asks again how many processors a type has where it was not told', async () => {
  const body = new Busy();
  let told = false;
  const unsure = new ProcessorMetrics(clock, () =>
    told ? Promise.resolve(2) : Promise.reject(new Error('later')),
  );
  const one = [instance('i-1', body)];
  await unsure.report(one, store);
  clock.pass(10);
  await expect(unsure.report(one, store)).rejects.toThrow('later');
  told = true;
  clock.pass(10);
  body.used = 10;
  await unsure.report(one, store);
  expect(cpu({ InstanceId: 'i-1' })).toBe(50);
});
