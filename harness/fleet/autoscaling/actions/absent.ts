import type {
  DescribeLaunchConfigurationsCommandOutput,
  DescribeWarmPoolAnswer,
  DescribeWarmPoolType,
} from '@aws-sdk/client-auto-scaling';

import { validationError } from '../../protocol/errors';
import type { ActionHandlers } from '../../protocol/query-service';
import { launchConfigurationsGone } from '../group-settings';
import type { Store } from '../store';

/** The actions on what groups cannot have here: there is none of it, and asking says so. */
export function absentActions(store: Store): ActionHandlers {
  return {
    DescribeWarmPool: (input: DescribeWarmPoolType): DescribeWarmPoolAnswer => {
      store.group(input.AutoScalingGroupName);
      return { Instances: [] };
    },

    DescribeLaunchConfigurations: (): Pick<
      DescribeLaunchConfigurationsCommandOutput,
      'LaunchConfigurations'
    > => ({ LaunchConfigurations: [] }),

    CreateLaunchConfiguration: (): never => {
      throw launchConfigurationsGone();
    },

    DeleteLaunchConfiguration: ({ LaunchConfigurationName = '' }): never => {
      throw validationError(
        `Launch configuration name not found - Launch configuration ${LaunchConfigurationName} not found`,
      );
    },
  };
}
