import type {
  DescribeAccountLimitsAnswer,
  DescribeTerminationPolicyTypesAnswer,
} from '@aws-sdk/client-auto-scaling';

import type { ActionHandlers } from '../../protocol/query-service';
import { limits } from '../limits';
import type { Store } from '../store';
import { terminationPolicies } from '../termination';

/** The actions on what the account may and has. */
export function accountActions(store: Store): ActionHandlers {
  return {
    DescribeAccountLimits: (): DescribeAccountLimitsAnswer => ({
      MaxNumberOfAutoScalingGroups: limits.groups,
      NumberOfAutoScalingGroups: store.groups.size,
      MaxNumberOfLaunchConfigurations: limits.launchConfigurations,
      NumberOfLaunchConfigurations: 0,
    }),

    DescribeTerminationPolicyTypes: (): DescribeTerminationPolicyTypesAnswer => ({
      TerminationPolicyTypes: terminationPolicies,
    }),
  };
}
