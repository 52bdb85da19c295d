import * as model from '@aws-sdk/client-elastic-load-balancing-v2';

import type { Clock } from '../clock';
import { QueryService } from '../protocol/query-service';
import { accountActions } from './actions/account';
import { certificateActions } from './actions/certificates';
import { listenerActions } from './actions/listeners';
import { loadBalancerActions } from './actions/load-balancers';
import { ruleApiActions } from './actions/rules';
import { tagActions } from './actions/tags';
import { targetGroupActions } from './actions/target-groups';
import { targetActions } from './actions/targets';
import type { HealthMonitor } from './health/monitor';
import type { LogStore } from './logs/log-store';
import type { Network } from './network';
import type { Store } from './store';

/** The Elastic Load Balancing API, version 2, over the load balancers of a store. */
export function loadBalancingService(
  store: Store,
  network: Network,
  monitor: HealthMonitor,
  clock: Clock,
  logs: LogStore,
): QueryService {
  return new QueryService({
    service: 'elasticloadbalancing',
    version: '2015-12-01',
    model,
    handlers: {
      ...accountActions(),
      ...certificateActions(store),
      ...listenerActions(store),
      ...loadBalancerActions(store, network, clock, logs),
      ...ruleApiActions(store),
      ...tagActions(store),
      ...targetActions(store, network, monitor),
      ...targetGroupActions(store, network, monitor),
    },
  });
}
