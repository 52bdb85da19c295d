import type { InstanceMetadata } from './metadata';

export interface LifecycleHook {
  readonly region: string;
  readonly autoScalingGroupName: string;
  readonly lifecycleHookName: string;
}

/**
 * Tells the Auto Scaling group that this instance is drained and may go (CompleteLifecycleAction, result CONTINUE).
 *
 * The client is loaded here and not before: a worker needs it once, at its end.
 */
export async function completeLifecycleAction(
  hook: LifecycleHook,
  metadata: InstanceMetadata,
): Promise<void> {
  const { AutoScalingClient, CompleteLifecycleActionCommand } = await import('@aws-sdk/client-auto-scaling');
  const client = new AutoScalingClient({ region: hook.region });
  try {
    await client.send(
      new CompleteLifecycleActionCommand({
        AutoScalingGroupName: hook.autoScalingGroupName,
        LifecycleHookName: hook.lifecycleHookName,
        LifecycleActionResult: 'CONTINUE',
        InstanceId: await metadata.read('instance-id'),
      }),
    );
  } finally {
    client.destroy();
  }
}
