import { EC2Client } from '@aws-sdk/client-ec2';
import { S3Client } from '@aws-sdk/client-s3';

import type { ListedService } from './action-list';
import { alarmService } from './alarms/service';
import { AlarmActions } from './alarms/alarm-actions';
import { AlarmStore } from './alarms/alarm-store';
import { Engine } from './autoscaling/engine';
import { shownOnly } from './autoscaling/settings-done';
import { autoScalingService } from './autoscaling/service';
import { Store } from './autoscaling/store';
import { AlarmsInMemory } from './autoscaling/testing/alarms';
import { Ec2InMemory } from './autoscaling/testing/ec2';
import { NotificationsInMemory } from './autoscaling/testing/notifications';
import { TrafficInMemory } from './autoscaling/testing/traffic';
import { WallClock } from './clock';
import { HealthMonitor } from './load-balancing/health/monitor';
import { S3LogStore } from './load-balancing/logs/log-store';
import { Ec2Network } from './load-balancing/network';
import { loadBalancingService } from './load-balancing/service';
import { Store as LoadBalancingStore } from './load-balancing/store';
import { everyRight } from './testing/rights';

const home = { accountId: '000000000000', region: 'us-east-2' };

function autoScaling(): ListedService {
  const store = new Store(home);
  const ec2 = new Ec2InMemory();
  const notifications = new NotificationsInMemory();
  const traffic = new TrafficInMemory();
  const engine = new Engine(store, { ec2, alarms: new AlarmsInMemory(), notifications, traffic });
  return {
    name: 'EC2 Auto Scaling',
    service: autoScalingService(store, ec2, engine),
    remarks: [
      'Refused settings of groups: weights, attributes and templates in the overrides of a mixed instances policy and `DistributionSegments`, `LoadBalancerNames` (Classic), launch configurations, a termination policy by a Lambda function, `AvailabilityZoneIds`, `Operator`, a capacity in other units than instances, the retention of instances by an `InstanceLifecyclePolicy`.',
      `Settings of groups that are taken and change nothing: ${shownOnly()}; the health checks \`EBS\` and \`VPC_LATTICE\` (nothing fails them).`,
      'An `InstanceMaintenancePolicy` is followed by health checks, maximum lifetimes and instance refreshes; balancing of zones launches before it terminates whatever the policy says.',
      'Refused policies: of type `PredictiveScaling`. Refused warm pools: of hibernated instances.',
    ],
  };
}

function alarms(): ListedService {
  const store = new AlarmStore(home, new WallClock());
  const service = alarmService(store, new AlarmActions(store, new NotificationsInMemory()));
  return {
    name: 'CloudWatch alarms',
    service,
    others: "LocalStack's: metrics as people read them, dashboards and the rest",
    remarks: [
      '`PutCompositeAlarm` and `PutLogAlarm` are answered with `UnsupportedOperation`.',
      '`PutMetricData` goes on to LocalStack, and what it brings is data for alarms.',
      'Refused settings of alarms: anomaly detection, PromQL, statistics other than the five and percentiles. A function of metric math that is not done is refused with the list of those that are.',
    ],
  };
}

function loadBalancing(): ListedService {
  const store = new LoadBalancingStore(home);
  const clock = new WallClock();
  const nowhere = { stateOf: () => undefined, address: () => undefined };
  const network = new Ec2Network(new EC2Client({ region: home.region }));
  const monitor = new HealthMonitor(store, nowhere, clock);
  const logs = new S3LogStore(new S3Client({ region: home.region }), everyRight, home);
  return {
    name: 'Elastic Load Balancing v2',
    service: loadBalancingService(store, network, monitor, clock, logs),
    remarks: [
      'Refused attributes of load balancers: `connection_logs.s3.enabled`, `health_check_logs.s3.enabled`. Access logs are done.',
    ],
  };
}

/** Every service that the fleet answers in AWS's place. */
export function listedServices(): ListedService[] {
  return [autoScaling(), loadBalancing(), alarms()];
}
