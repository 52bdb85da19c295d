import * as model from '@aws-sdk/client-auto-scaling';

import { QueryService } from '../protocol/query-service';
import { absentActions } from './actions/absent';
import { accountActions } from './actions/account';
import { activityActions } from './actions/activities';
import { groupActions } from './actions/groups';
import { hookActions } from './actions/hooks';
import { instanceActions } from './actions/instances';
import { membershipActions } from './actions/membership';
import { notificationActions } from './actions/notifications';
import { policyActions } from './actions/policies';
import { processActions } from './actions/processes';
import { refreshActions } from './actions/refreshes';
import { scheduleActions } from './actions/schedules';
import { tagActions } from './actions/tags';
import { trafficActions } from './actions/traffic';
import { warmPoolActions } from './actions/warm-pools';
import type { Engine } from './engine';
import type { Ec2Gateway } from './gateway';
import type { Store } from './store';

/** The Auto Scaling API over the groups of a store. */
export function autoScalingService(store: Store, ec2: Ec2Gateway, engine: Engine): QueryService {
  const { announcer, clock, lifecycle, scaling } = engine;
  return new QueryService({
    service: 'autoscaling',
    version: '2011-01-01',
    model,
    handlers: {
      ...absentActions(),
      ...accountActions(store),
      ...activityActions(store),
      ...groupActions(store, ec2, engine),
      ...hookActions(store, lifecycle, announcer),
      ...instanceActions(store, engine),
      ...membershipActions(store, ec2, engine),
      ...notificationActions(store, announcer),
      ...policyActions(store, scaling),
      ...processActions(store, clock),
      ...refreshActions(store, ec2, engine),
      ...scheduleActions(store, clock),
      ...tagActions(store),
      ...trafficActions(store, engine.traffic),
      ...warmPoolActions(store),
    },
  });
}
