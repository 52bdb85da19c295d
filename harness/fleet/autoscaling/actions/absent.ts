import type { DescribeLaunchConfigurationsCommandOutput } from '@aws-sdk/client-auto-scaling';

import { validationError } from '../../protocol/errors';
import type { ActionHandlers } from '../../protocol/query-service';
import { launchConfigurationsGone } from '../group-settings';

/** The actions on what groups cannot have here: there is none of it, and asking says so. */
export function absentActions(): ActionHandlers {
  return {
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
