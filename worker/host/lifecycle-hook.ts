import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { InstanceMetadata } from '../../instance/metadata';

/** The termination hook of the group that this instance belongs to. */
export interface LifecycleHook {
  readonly region: string;
  readonly autoScalingGroupName: string;
  readonly lifecycleHookName: string;
}

/**
 * How often the group is told that the drain goes on, in milliseconds. A hook's heartbeat timeout is at least 30 s; the
 * group waits for 100 times that at most.
 */
const HEARTBEAT_MS = 20_000;

/**
 * Drains while the group waits, then tells it that this instance may go (CompleteLifecycleAction, result CONTINUE).
 *
 * The client is loaded here and not before: a worker needs it once, at its end.
 *
 * @param heartbeatFailed told of each heartbeat that failed; the drain goes on
 */
export async function drainUnderHook(
  hook: LifecycleHook,
  metadata: InstanceMetadata,
  drain: () => Promise<void>,
  heartbeatFailed: (error: unknown) => void,
): Promise<void> {
  const drained = drain();
  const { AutoScalingClient, CompleteLifecycleActionCommand } = await import('@aws-sdk/client-auto-scaling');
  const client = new AutoScalingClient({ region: hook.region });
  let heartbeat: NodeJS.Timeout | undefined;
  try {
    const action = {
      AutoScalingGroupName: hook.autoScalingGroupName,
      LifecycleHookName: hook.lifecycleHookName,
      InstanceId: await metadata.read('instance-id'),
    };
    heartbeat = setInterval(() => {
      recordHeartbeat(client, action).catch(heartbeatFailed);
    }, HEARTBEAT_MS);
    await drained;
    await client.send(new CompleteLifecycleActionCommand({ ...action, LifecycleActionResult: 'CONTINUE' }));
  } finally {
    clearInterval(heartbeat);
    await drained;
    client.destroy();
  }
}

async function recordHeartbeat(
  client: AutoScalingClient,
  action: { AutoScalingGroupName: string; LifecycleHookName: string; InstanceId: string | undefined },
): Promise<void> {
  const { RecordLifecycleActionHeartbeatCommand } = await import('@aws-sdk/client-auto-scaling');
  await client.send(new RecordLifecycleActionHeartbeatCommand(action));
}
