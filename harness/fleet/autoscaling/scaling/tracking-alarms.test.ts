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

describe('target tracking of a metric of one’s own', () => {
  const own = (settings: object) =>
    trackedMetric('web', {
      TargetValue: 1,
      CustomizedMetricSpecification: {
        Namespace: 'Test',
        MetricName: 'Load',
        Statistic: 'Average',
        ...settings,
      },
    });

  it.each([10, 30, 60])('takes its unit and its period of %d seconds', (Period) => {
    expect(own({ Unit: 'Percent', Period })).toMatchObject({ unit: 'Percent', period: Period });
  });

  it('refuses another period', () => {
    expect(() => own({ Period: 300 })).toThrow('The period is 300; it must be one of 10, 30, 60 seconds.');
  });
});
