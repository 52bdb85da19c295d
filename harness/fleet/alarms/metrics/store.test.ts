import { HandClock } from '../../testing/clock';
import { distributionOf } from './distribution';
import { recordData } from './recording';
import { statistic } from './statistic';
import { MetricStore } from './store';

const clock = new HandClock();
const metric = { namespace: 'Test', name: 'latency', dimensions: { A: '1', B: '2' } };
let store: MetricStore;
beforeEach(() => {
  store = new MetricStore(clock);
});

/** Statistics of what was reported in this second. */
const statistics = (...names: string[]): (number | undefined)[] => {
  const now = clock.now().getTime();
  const values = store.between(metric, now, now + 1_000);
  return names.map((name) => (values === undefined ? undefined : statistic(name)(values)));
};
const report = (datum: object): void => {
  const Dimensions = [
    { Name: 'B', Value: '2' },
    { Name: 'A', Value: '1' },
  ];
  const MetricData = [{ MetricName: 'latency', Dimensions, ...datum }];
  recordData(store, { Namespace: 'Test', MetricData }, clock.now());
};

describe('the metrics that alarms are evaluated on', () => {
  it('have the statistics of all values of a time, in whichever form they were reported', () => {
    report({ Value: 1 });
    report({ Values: [2, 3], Counts: [2, 1] });
    report({ StatisticValues: { SampleCount: 2, Sum: 20, Minimum: 5, Maximum: 15 } });
    expect(statistics('SampleCount', 'Sum', 'Average', 'Minimum', 'Maximum')).toEqual([6, 28, 28 / 6, 1, 15]);
  });

  it('have percentiles of values, and none of statistic sets whose values differ', () => {
    report({ Values: Array.from({ length: 100 }, (_, index) => index + 1) });
    expect(statistics('p50', 'p95', 'p99.9', 'p100')).toEqual([50, 95, 100, 100]);
    report({ StatisticValues: { SampleCount: 2, Sum: 20, Minimum: 5, Maximum: 15 } });
    expect(statistics('p50')).toEqual([undefined]);
  });

  it('are told apart by their dimensions, in any order, and by their unit', () => {
    report({ Value: 1, Unit: 'Seconds' });
    const now = clock.now().getTime();
    expect(store.between({ ...metric, dimensions: { A: '1' } }, now, now + 1_000)).toBeUndefined();
    expect(store.between(metric, now, now + 1_000, 'Count')).toBeUndefined();
    expect(store.between(metric, now, now + 1_000, 'Seconds')).toMatchObject({ count: 1 });
  });

  it('are of the time that the report says', () => {
    report({ Value: 7, Timestamp: new Date(clock.now().getTime() - 60_000) });
    expect(statistics('Sum')).toEqual([undefined]);
    const then = clock.now().getTime() - 60_000;
    expect(store.between(metric, then, then + 1_000)).toMatchObject({ sum: 7 });
  });

  it('are forgotten after three hours', () => {
    report({ Value: 1 });
    const begun = clock.now().getTime();
    clock.pass(3 * 3_600 + 1);
    for (let count = 0; count < 10_000; count += 1) {
      store.put({ namespace: 'Test', name: 'other', dimensions: {} }, distributionOf(1), 'None');
    }
    expect(store.between(metric, begun, begun + 1_000)).toBeUndefined();
  });

  it.each([
    ['tm99', 'UnsupportedOperation'],
    ['Median', 'ValidationError'],
    ['p101', 'ValidationError'],
    ['toString', 'ValidationError'],
  ])('have no statistic %s', (name, code) => {
    let error: unknown;
    try {
      statistic(name);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code });
  });
});
