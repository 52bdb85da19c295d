import { trackedMetric } from './tracking-alarms';

const byRequests = (ResourceLabel?: string) =>
  trackedMetric('web', {
    TargetValue: 1000,
    PredefinedMetricSpecification: {
      PredefinedMetricType: 'ALBRequestCountPerTarget',
      ...(ResourceLabel === undefined ? {} : { ResourceLabel }),
    },
  });

describe('target tracking of requests', () => {
  it('reads the load balancer and the target group from the resource label', () => {
    expect(byRequests('app/web/50dc6c495c0c9188/targetgroup/web/943f017f100becff')).toEqual({
      namespace: 'AWS/ApplicationELB',
      name: 'RequestCountPerTarget',
      dimensions: {
        LoadBalancer: 'app/web/50dc6c495c0c9188',
        TargetGroup: 'targetgroup/web/943f017f100becff',
      },
      statistic: 'Sum',
    });
  });

  it.each([undefined, '', 'app/web/50dc6c495c0c9188', 'targetgroup/web/943f017f100becff'])(
    'refuses the resource label %j',
    (label) => {
      expect(() => byRequests(label)).toThrow('must look like app/<name>/<id>/targetgroup/<name>/<id>');
    },
  );
});
