import * as model from '@aws-sdk/client-cloudwatch';

import { ApiService } from '../protocol/api-service';
import { alarmActions } from './actions/alarms';
import { historyActions } from './actions/history';
import { tagActions } from './actions/tags';
import type { AlarmActions } from './alarm-actions';
import type { AlarmStore } from './alarm-store';

/** The actions of CloudWatch's API on alarms; those on metrics are LocalStack's. */
export function alarmService(store: AlarmStore, actions: AlarmActions): ApiService {
  return new ApiService({
    service: 'monitoring',
    version: '2010-08-01',
    model,
    handlers: { ...alarmActions(store, actions), ...historyActions(store), ...tagActions(store) },
  });
}
