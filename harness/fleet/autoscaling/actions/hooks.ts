import type {
  CompleteLifecycleActionType,
  DeleteLifecycleHookType,
  DescribeLifecycleHooksAnswer,
  DescribeLifecycleHooksType,
  DescribeLifecycleHookTypesAnswer,
  LifecycleHookSpecification,
  PutLifecycleHookType,
  RecordLifecycleActionHeartbeatType,
} from '@aws-sdk/client-auto-scaling';

import { validationError } from '../../protocol/errors';
import type { Engine } from '../engine';
import type { Group, HookWait, Member } from '../group';
import type { ActionHandlers } from '../../protocol/query-service';
import type { Store } from '../store';

const transitions = ['autoscaling:EC2_INSTANCE_LAUNCHING', 'autoscaling:EC2_INSTANCE_TERMINATING'];

/** AWS ends a wait at 48 hours or at 100 heartbeats, whichever is smaller. */
const longestWaitSeconds = 172_800;
const mostHeartbeats = 100;

/** Sets a lifecycle hook; what is not said keeps its value, or has AWS's default. */
export function putHook(
  group: Group,
  input: Omit<PutLifecycleHookType, 'AutoScalingGroupName'> | LifecycleHookSpecification,
): void {
  const name = input.LifecycleHookName ?? '';
  const before = group.hooks.get(name);
  const transition = input.LifecycleTransition ?? before?.LifecycleTransition;
  if (transition === undefined || !transitions.includes(transition)) {
    throw validationError(
      `Lifecycle transition ${transition ?? 'missing'} is not one of ${transitions.join(', ')}.`,
    );
  }
  const HeartbeatTimeout = input.HeartbeatTimeout ?? before?.HeartbeatTimeout ?? 3_600;
  if (HeartbeatTimeout < 30 || HeartbeatTimeout > 7_200) {
    throw validationError(
      `The heartbeat timeout is ${HeartbeatTimeout}; it must be from 30 to 7200 seconds.`,
    );
  }
  const DefaultResult = input.DefaultResult ?? before?.DefaultResult ?? 'ABANDON';
  if (!['CONTINUE', 'ABANDON'].includes(DefaultResult)) {
    throw validationError(`The default result is ${DefaultResult}; it must be CONTINUE or ABANDON.`);
  }
  group.hooks.set(name, {
    ...before,
    ...Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)),
    AutoScalingGroupName: group.settings.AutoScalingGroupName,
    LifecycleHookName: name,
    LifecycleTransition: transition,
    HeartbeatTimeout,
    GlobalTimeout: Math.min(longestWaitSeconds, HeartbeatTimeout * mostHeartbeats),
    DefaultResult,
  });
}

/** The actions on lifecycle hooks. */
export function hookActions(store: Store, engine: Engine, now: () => Date): ActionHandlers {
  function waiting(
    input: Pick<
      CompleteLifecycleActionType,
      'AutoScalingGroupName' | 'LifecycleHookName' | 'LifecycleActionToken' | 'InstanceId'
    >,
  ): { group: Group; member: Member; wait: HookWait } {
    const group = store.group(input.AutoScalingGroupName);
    for (const member of group.members) {
      const wait = member.hookWait;
      if (
        wait !== undefined &&
        wait.hookName === input.LifecycleHookName &&
        (input.LifecycleActionToken === undefined || input.LifecycleActionToken === wait.token) &&
        (input.InstanceId === undefined || input.InstanceId === member.instanceId)
      ) {
        return { group, member, wait };
      }
    }
    throw validationError(
      `No active Lifecycle Action found with instance ID ${input.InstanceId ?? input.LifecycleActionToken ?? ''}`,
    );
  }

  return {
    PutLifecycleHook: (input: PutLifecycleHookType): void => {
      putHook(store.group(input.AutoScalingGroupName), input);
    },

    DeleteLifecycleHook: ({ AutoScalingGroupName, LifecycleHookName }: DeleteLifecycleHookType): void => {
      const group = store.group(AutoScalingGroupName);
      if (!group.hooks.delete(LifecycleHookName ?? '')) {
        throw validationError(`No Lifecycle Hook found with name: ${LifecycleHookName ?? ''}`);
      }
      for (const member of group.members.filter(({ hookWait }) => hookWait?.hookName === LifecycleHookName)) {
        engine.completeHook(group, member, 'CONTINUE');
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
      LifecycleHookTypes: transitions,
    }),

    CompleteLifecycleAction: (input: CompleteLifecycleActionType): void => {
      const { group, member } = waiting(input);
      const result = input.LifecycleActionResult;
      if (result !== 'CONTINUE' && result !== 'ABANDON') {
        throw validationError(
          `The lifecycle action result is ${result ?? 'missing'}; it must be CONTINUE or ABANDON.`,
        );
      }
      engine.completeHook(group, member, result);
    },

    RecordLifecycleActionHeartbeat: (input: RecordLifecycleActionHeartbeatType): void => {
      const { group, wait } = waiting(input);
      const { HeartbeatTimeout = 0, GlobalTimeout = 0 } = group.hooks.get(wait.hookName) ?? {};
      const latest = wait.begun.getTime() + GlobalTimeout * 1_000;
      wait.deadline = new Date(Math.min(now().getTime() + HeartbeatTimeout * 1_000, latest));
    },
  };
}
