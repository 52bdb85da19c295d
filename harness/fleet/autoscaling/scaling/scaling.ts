import type { Clock } from '../../clock';
import type { Store } from '../store';
import { AlarmWatch } from './alarm-watch';
import type { AlarmGateway } from './alarms';
import { PolicyExecution } from './policy-execution';

/** All that changes a group's capacity by itself: alarms that execute policies. */
export class Scaling {
  readonly execution: PolicyExecution;
  readonly watch: AlarmWatch;

  constructor(
    store: Store,
    readonly gateway: AlarmGateway,
    clock: Clock,
  ) {
    this.execution = new PolicyExecution(clock);
    this.watch = new AlarmWatch(store, gateway, this.execution, clock);
  }
}
