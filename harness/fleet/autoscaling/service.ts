import * as model from '@aws-sdk/client-auto-scaling';
import type { StaticOperationSchema } from '@smithy/types';

import { QueryService } from '../protocol/query-service';
import { groupActions } from './actions/groups';
import { hookActions } from './actions/hooks';
import { instanceActions } from './actions/instances';
import { policyActions } from './actions/policies';
import { processActions } from './actions/processes';
import { tagActions } from './actions/tags';
import type { Engine } from './engine';
import type { Ec2Gateway } from './gateway';
import type { Store } from './store';

/** The kind of an operation's schema. Source: @smithy/types, StaticSchemaIdOperation. */
const operationKind = 9;

/** Every operation of the service's own model: the SDK exports them as `<Action>$`. */
function operations(): Record<string, StaticOperationSchema> {
  const found: Record<string, StaticOperationSchema> = {};
  for (const exported of Object.values<unknown>(model)) {
    if (Array.isArray(exported) && exported[0] === operationKind) {
      const operation = exported as StaticOperationSchema;
      found[operation[2]] = operation;
    }
  }
  return found;
}

/** The Auto Scaling API over the groups of a store. */
export function autoScalingService(
  store: Store,
  ec2: Ec2Gateway,
  engine: Engine,
  now: () => Date = () => new Date(),
): QueryService {
  const handlers = {
    ...groupActions(store, ec2, now),
    ...hookActions(store, engine, now),
    ...instanceActions(store, engine),
    ...policyActions(store),
    ...processActions(store),
    ...tagActions(store),
  };
  return new QueryService({
    name: 'Auto Scaling',
    namespace: 'http://autoscaling.amazonaws.com/doc/2011-01-01/',
    operations: operations(),
    handlers,
  });
}
