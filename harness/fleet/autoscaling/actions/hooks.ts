import type {
  CompleteLifecycleActionType,
  DeleteLifecycleHookType,
  DescribeLifecycleHooksAnswer,
  DescribeLifecycleHooksType,
  DescribeLifecycleHookTypesAnswer,
  LifecycleHook,
  LifecycleHookSpecification,
  PutLifecycleHookType,
  RecordLifecycleActionHeartbeatType,
} from '@aws-sdk/client-auto-scaling';

import { validationError } from '../../protocol/errors';
import { type Group, everyMember } from '../group';
import type { HookWait, Member } from '../member';
import { journeys, transitions } from '../journey';
import { type Lifecycle, shortestHeartbeatSeconds } from '../lifecycle';
import { checkLimit } from '../limits';
import type { Announcer } from '../notifications/announcer';
import type { ActionHandlers } from '../../protocol/query-service';
import type { Store } from '../store';

/** AWS ends a wait at 48 hours or at 100 heartbeats, whichever is smaller. */
const longestWaitSeconds = 172_800;
const mostHeartbeats = 100;

/**
 * Sets a lifecycle hook; what is not said keeps its value, or has AWS's default. A target that it names gets a test
 * message first.
 */
export async function putHook(
  group: Group,
  input: Omit<PutLifecycleHookType, 'AutoScalingGroupName'> | LifecycleHookSpecification,
  announcer: Announcer,
): Promise<void> {
  const hook = checkedHook(group, input);
  const { LifecycleHookName = '', NotificationTargetARN: target, RoleARN = 'none' } = hook;
  if (target !== undefined && input.NotificationTargetARN !== undefined) {
    try {
      await announcer.testHook(group, hook, target);
    } catch {
      throw validationError(
        `Unable to publish test message to notification target ${target} using IAM role ${RoleARN}. Please check your target and role configuration and try to put lifecycle hook again.`,
      );
    }
  }
  group.hooks.set(LifecycleHookName, hook);
}

function checkedHook(
  group: Group,
  input: Omit<PutLifecycleHookType, 'AutoScalingGroupName'> | LifecycleHookSpecification,
): LifecycleHook {
  const name = input.LifecycleHookName ?? '';
  const before = group.hooks.get(name);
  if (before === undefined) {
    checkLimit('hooks', group.hooks.size);
  }
  const transition = input.LifecycleTransition ?? before?.LifecycleTransition;
  if (!transitions.some((known) => known === transition)) {
    throw validationError(
      `Lifecycle transition ${transition ?? 'missing'} is not one of ${transitions.join(', ')}.`,
    );
  }
  const HeartbeatTimeout = input.HeartbeatTimeout ?? before?.HeartbeatTimeout ?? 3_600;
  if (HeartbeatTimeout < shortestHeartbeatSeconds || HeartbeatTimeout > 7_200) {
    throw validationError(
      `The heartbeat timeout is ${HeartbeatTimeout}; it must be from ${shortestHeartbeatSeconds} to 7200 seconds.`,
    );
  }
  const DefaultResult = input.DefaultResult ?? before?.DefaultResult ?? 'ABANDON';
  if (!['CONTINUE', 'ABANDON'].includes(DefaultResult)) {
    throw validationError(`The default result is ${DefaultResult}; it must be CONTINUE or ABANDON.`);
  }
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  const { NotificationTargetARN, ...hook }: LifecycleHook = { ...before, ...Object.fromEntries(given) };
  return {
    ...hook,
    // An empty target takes away the one there was.
    ...(NotificationTargetARN === '' ? {} : { NotificationTargetARN }),
    AutoScalingGroupName: group.settings.AutoScalingGroupName,
    LifecycleHookName: name,
    LifecycleTransition: transition,
    HeartbeatTimeout,
    GlobalTimeout: Math.min(longestWaitSeconds, HeartbeatTimeout * mostHeartbeats),
    DefaultResult,
  };
}

/** The actions on lifecycle hooks. */
export function hookActions(store: Store, lifecycle: Lifecycle, announcer: Announcer): ActionHandlers {
  /** The lifecycle action that a request means, by its token or by the instance. */
  function action(
    input: Pick<
      CompleteLifecycleActionType,
      'AutoScalingGroupName' | 'LifecycleHookName' | 'LifecycleActionToken' | 'InstanceId'
    >,
  ): { group: Group; member: Member; wait: HookWait } {
    const { LifecycleHookName, LifecycleActionToken: token, InstanceId } = input;
    const group = store.group(input.AutoScalingGroupName);
    if (token === undefined && InstanceId === undefined) {
      throw validationError('Either InstanceId or LifecycleActionToken must be specified.');
    }
    for (const member of everyMember(group)) {
      const wait = member.waits.find(({ hookName }) => hookName === LifecycleHookName);
      const meant =
        (InstanceId ?? member.instanceId) === member.instanceId && (token ?? wait?.token) === wait?.token;
      if (wait !== undefined && meant) {
        return { group, member, wait };
      }
    }
    throw validationError(
      InstanceId === undefined
        ? `No active Lifecycle Action found with token ${token ?? ''}`
        : `No active Lifecycle Action found with instance ID ${InstanceId}`,
    );
  }

  return {
    PutLifecycleHook: async (input: PutLifecycleHookType): Promise<void> => {
      await putHook(store.group(input.AutoScalingGroupName), input, announcer);
    },

    DeleteLifecycleHook: ({
      AutoScalingGroupName,
      LifecycleHookName = '',
    }: DeleteLifecycleHookType): void => {
      const group = store.group(AutoScalingGroupName);
      if (!group.hooks.delete(LifecycleHookName)) {
        throw validationError(`No Lifecycle Hook found with name: ${LifecycleHookName}`);
      }
      // Without its hook an action is completed: ABANDON for launching instances, CONTINUE for terminating ones.
      for (const member of everyMember(group)) {
        for (const wait of member.waits.filter(({ hookName }) => hookName === LifecycleHookName)) {
          const launches = wait.journey.transition === journeys.launch.transition;
          const result = launches ? 'ABANDON' : 'CONTINUE';
          lifecycle.complete(group, member, wait, result);
        }
      }
    },

    DescribeLifecycleHooks: (input: DescribeLifecycleHooksType): DescribeLifecycleHooksAnswer => {
      const { AutoScalingGroupName, LifecycleHookNames = [] } = input;
      const hooks = [...store.group(AutoScalingGroupName).hooks.values()];
      return {
        LifecycleHooks: hooks.filter(
          ({ LifecycleHookName = '' }) =>
            LifecycleHookNames.length === 0 || LifecycleHookNames.includes(LifecycleHookName),
        ),
      };
    },

    DescribeLifecycleHookTypes: (): DescribeLifecycleHookTypesAnswer => ({
      LifecycleHookTypes: [...transitions],
    }),

    CompleteLifecycleAction: (input: CompleteLifecycleActionType): void => {
      const { group, member, wait } = action(input);
      const result = input.LifecycleActionResult;
      if (result !== 'CONTINUE' && result !== 'ABANDON') {
        throw validationError(
          `The lifecycle action result is ${result ?? 'missing'}; it must be CONTINUE or ABANDON.`,
        );
      }
      lifecycle.complete(group, member, wait, result);
    },

    RecordLifecycleActionHeartbeat: (input: RecordLifecycleActionHeartbeatType): void => {
      const { group, wait } = action(input);
      lifecycle.heartbeat(wait, group.hooks.get(wait.hookName) ?? {});
    },
  };
}
