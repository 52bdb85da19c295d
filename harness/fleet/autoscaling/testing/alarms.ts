import type { Alarm, AlarmGateway, Comparison, TrackingAlarm } from '../scaling/alarms';

interface AlarmInMemory {
  readonly actions: readonly string[];
  readonly comparison: Comparison;
  readonly threshold: number;
  state: Alarm['state'];
  metric: number | undefined;
}

/** CloudWatch alarms for tests: their states and metrics are what the test says. */
export class AlarmsInMemory implements AlarmGateway {
  readonly known = new Map<string, AlarmInMemory>();
  /** Policies that were executed for alarms that came into a state. */
  readonly executions: (readonly [alarm: string, policyArn: string])[] = [];
  /** Alarms that Auto Scaling made itself. */
  readonly made = new Map<string, TrackingAlarm>();

  /** An alarm whose actions in state ALARM are the given policies. */
  create(name: string, comparison: Comparison, threshold: number, ...actions: string[]): void {
    this.known.set(name, { actions, comparison, threshold, state: 'OK', metric: undefined });
  }

  set(name: string, state: Alarm['state'], metric?: number): void {
    const alarm = this.known.get(name);
    if (alarm === undefined) {
      throw new Error(`There is no alarm ${name}.`);
    }
    alarm.state = state;
    alarm.metric = metric;
  }

  alarms(): Alarm[] {
    return [...this.known].map(([name, { actions, comparison, threshold, state }]) => ({
      name,
      arn: `arn:aws:cloudwatch:us-east-2:000000000000:alarm:${name}`,
      state,
      actions,
      stateActions: state === 'ALARM' ? actions : [],
      comparison,
      threshold,
    }));
  }

  metric(name: string): number | undefined {
    return this.known.get(name)?.metric;
  }

  executed(name: string, policyArn: string): void {
    this.executions.push([name, policyArn]);
  }

  put(alarm: TrackingAlarm): void {
    this.made.set(alarm.name, alarm);
    this.create(alarm.name, alarm.comparison, alarm.threshold, ...alarm.actions);
  }

  remove(names: readonly string[]): void {
    for (const name of names) {
      this.made.delete(name);
      this.known.delete(name);
    }
  }
}
