import { statistic } from '../alarms/metrics/statistic';
import { MetricStore } from '../alarms/metrics/store';
import { LoadBalancingUnderTest, closeServices } from './testing/service';
import { closeTargets, httpTarget } from './testing/target';

afterEach(async () => {
  await closeServices();
  await closeTargets();
});

/** A load balancer over targets that answer with the status that the path names, with what it has measured so far. */
async function measured(targets: number) {
  const lab = await LoadBalancingUnderTest.start();
  const listening = await Promise.all(
    Array.from({ length: targets }, () =>
      httpTarget((request, response) => {
        response.writeHead(Number(request.url!.slice(1))).end();
      }),
    ),
  );
  const { url, arn, group } = await lab.balanced(listening);
  const store = new MetricStore(lab.clock);
  const [LoadBalancer, TargetGroup] = [arn.split(':loadbalancer/')[1]!, group.split(':').at(-1)!];
  return {
    ask: async (...statuses: number[]): Promise<void> => {
      for (const status of statuses) {
        await fetch(`${url}/${status}`, { redirect: 'manual' });
      }
    },
    /** A statistic of all that was measured in this second, by load balancer and by target group. */
    measure: () => {
      lab.clock.pass(1);
      lab.loadBalancing.measure(store);
      const now = lab.clock.now().getTime();
      return (name: string, stat = 'Sum'): (number | undefined)[] =>
        [{ LoadBalancer }, { LoadBalancer, TargetGroup }].map((dimensions) => {
          const values = store.between(
            { namespace: 'AWS/ApplicationELB', name, dimensions },
            Math.floor(now / 1_000) * 1_000,
            now + 1,
          );
          return values === undefined ? undefined : statistic(stat)(values);
        });
    },
  };
}

describe('the metrics of a load balancer (load-balancer-cloudwatch-metrics.html)', () => {
  it('count requests and the answers of targets, by load balancer and by target group', async () => {
    const { ask, measure } = await measured(2);
    await ask(200, 204, 302, 404, 500, 503);
    const metric = measure();
    expect(metric('RequestCount')).toEqual([6, 6]);
    expect(metric('HTTPCode_Target_2XX_Count')).toEqual([2, 2]);
    expect(metric('HTTPCode_Target_3XX_Count')).toEqual([1, 1]);
    expect(metric('HTTPCode_Target_4XX_Count')).toEqual([1, 1]);
    expect(metric('HTTPCode_Target_5XX_Count')).toEqual([2, 2]);
    expect(metric('HTTPCode_ELB_5XX_Count')).toEqual([undefined, undefined]);
    expect(metric('TargetResponseTime', 'SampleCount')).toEqual([6, 6]);
    const [median] = metric('TargetResponseTime', 'p50');
    const [longest] = metric('TargetResponseTime', 'Maximum');
    expect(median).toBeGreaterThan(0);
    expect(longest).toBeGreaterThanOrEqual(median!);
    expect(longest).toBeLessThan(5);
  });

  it('tell how many requests came for each healthy target, and how many targets are healthy', async () => {
    const { ask, measure } = await measured(4);
    await ask(200, 200, 200, 200, 200, 200);
    const metric = measure();
    expect(metric('HealthyHostCount', 'Minimum')).toEqual([undefined, 4]);
    expect(metric('UnHealthyHostCount', 'Maximum')).toEqual([undefined, 0]);
    expect(metric('RequestCountPerTarget')).toEqual([undefined, 1.5]);
  });

  it('count nothing twice, and report requests also where there were none', async () => {
    const { ask, measure } = await measured(1);
    await ask(200);
    measure();
    const metric = measure();
    expect(metric('RequestCount')).toEqual([0, 0]);
    expect(metric('RequestCountPerTarget')).toEqual([undefined, 0]);
    expect(metric('HTTPCode_Target_2XX_Count')).toEqual([undefined, undefined]);
    expect(metric('TargetResponseTime', 'SampleCount')).toEqual([undefined, undefined]);
  });

  it('count what the load balancer answers itself apart from what its targets do', async () => {
    const { ask, measure } = await measured(0);
    await ask(200, 200);
    const first = measure();
    expect(first('HTTPCode_ELB_5XX_Count')).toEqual([2, undefined]);
    expect(first('HTTPCode_ELB_503_Count')).toEqual([2, undefined]);
    expect(first('HTTPCode_ELB_4XX_Count')).toEqual([undefined, undefined]);
    expect(first('RequestCount')).toEqual([0, 0]);
    await ask(200);
    expect(measure()('HTTPCode_ELB_5XX_Count')).toEqual([1, undefined]);
  });
});
