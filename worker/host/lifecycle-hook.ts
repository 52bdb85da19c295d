import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { InstanceMetadata } from '../../instance/metadata';

/** A lifecycle hook of the group that this instance belongs to. */
export interface LifecycleHook {
  readonly region: string;
  readonly autoScalingGroupName: string;
  readonly lifecycleHookName: string;
}

/** What the group waits for, in the words of its API. */
interface LifecycleAction {
  readonly AutoScalingGroupName: string;
  readonly LifecycleHookName: string;
  readonly InstanceId: string | undefined;
}

/**
 * How often the group is told that the drain goes on, in milliseconds. A hook's heartbeat timeout is at least 30 s; the
 * group waits for 100 times that at most.
 */
const HEARTBEAT_MS = 20_000;

/**
 * Drains while the group waits (termination hook), then tells it that this instance may go.
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
  let heartbeat: NodeJS.Timeout | undefined;
  try {
    await underHook(hook, metadata, async (client, action) => {
      heartbeat = setInterval(() => {
        recordHeartbeat(client, action).catch(heartbeatFailed);
      }, HEARTBEAT_MS);
      await drained;
      await complete(client, action);
    });
  } finally {
    clearInterval(heartbeat);
    await drained;
  }
}

/**
 * Tells the group that this instance has booted (launch hook).
 *
 * @throws Error also when the group does not wait for this instance: a worker that was started again has told it before.
 */
export async function completeLaunch(
  hook: LifecycleHook,
  metadata: InstanceMetadata,
  signal: AbortSignal,
): Promise<void> {
  await underHook(hook, metadata, (client, action) => complete(client, action, signal));
}

/** The client is loaded here and not before: a worker needs it for moments only, most need it once. */
async function underHook(
  { region, autoScalingGroupName, lifecycleHookName }: LifecycleHook,
  metadata: InstanceMetadata,
  use: (client: AutoScalingClient, action: LifecycleAction) => Promise<void>,
): Promise<void> {
  const { AutoScalingClient } = await import('@aws-sdk/client-auto-scaling');
  const client = new AutoScalingClient({ region });
  try {
    await use(client, {
      AutoScalingGroupName: autoScalingGroupName,
      LifecycleHookName: lifecycleHookName,
      InstanceId: await metadata.read('instance-id'),
    });
  } finally {
    client.destroy();
  }
}

async function complete(
  client: AutoScalingClient,
  action: LifecycleAction,
  abortSignal?: AbortSignal,
): Promise<void> {
  const { CompleteLifecycleActionCommand } = await import('@aws-sdk/client-auto-scaling');
  const command = new CompleteLifecycleActionCommand({ ...action, LifecycleActionResult: 'CONTINUE' });
  await client.send(command, abortSignal === undefined ? {} : { abortSignal });
}

async function recordHeartbeat(client: AutoScalingClient, action: LifecycleAction): Promise<void> {
  const { RecordLifecycleActionHeartbeatCommand } = await import('@aws-sdk/client-auto-scaling');
  await client.send(new RecordLifecycleActionHeartbeatCommand(action));
}
