import type { InstanceMetadata } from '../../instance/metadata';

/**
 * Sets whether the group may choose this instance when it scales in. False where no group could choose it now (outside a
 * group, in its warm pool, on its way out): nothing was set.
 */
export type SetProtection = (isProtected: boolean) => Promise<boolean>;

export interface ScaleInProtectionOptions {
  readonly set: SetProtection;
  /** Told when a call fails, once for each row of failures. */
  readonly failed: (error: unknown) => void;
  /**
   * Work of this length and longer is protected, in milliseconds; shorter work ends in the drain anyway.
   * @default 5000
   */
  readonly afterMs?: number;
  /** Idle time after which the protection is cleared, in milliseconds. @default 10000 */
  readonly releaseAfterMs?: number;
}

/**
 * Protects a busy instance from scale-in and frees an idle one, without a call for each short task. A call that fails, or
 * sets nothing, is made again after the next delay.
 */
export class ScaleInProtection {
  #wanted: boolean | undefined;
  /** Not known at first: a worker that was killed at work leaves its instance protected. */
  #actual: boolean | undefined;
  #failing = false;
  #timer: NodeJS.Timeout | undefined;
  #calling: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(private readonly options: ScaleInProtectionOptions) {}

  /** Told of the number of running tasks at the begin of the work and whenever it changes. */
  running(count: number): void {
    const wanted = count > 0;
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    this.#schedule();
  }

  /** Clears the protection if it may be set, and ends. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wanted = false;
    clearTimeout(this.#timer);
    await this.#calling;
    await this.#apply();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#stopped || this.#wanted === this.#actual) return;
    const { afterMs = 5000, releaseAfterMs = 10_000 } = this.options;
    this.#timer = setTimeout(
      () => {
        this.#calling = this.#apply().then(() => {
          this.#schedule();
        });
      },
      this.#wanted ? afterMs : releaseAfterMs,
    );
  }

  async #apply(): Promise<void> {
    const wanted = this.#wanted;
    if (wanted === undefined || wanted === this.#actual) return;
    try {
      if (await this.options.set(wanted)) this.#actual = wanted;
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) this.options.failed(error);
      this.#failing = true;
    }
  }
}

/**
 * By SetInstanceProtection of EC2 Auto Scaling, which takes no instance of a warm pool; only an instance of a group has a
 * target lifecycle state. The client is loaded at the first call.
 */
export function setInstanceProtection(
  region: string,
  autoScalingGroupName: string,
  metadata: InstanceMetadata,
): SetProtection {
  return async (isProtected) => {
    if ((await metadata.read('autoscaling/target-lifecycle-state')) !== 'InService') return false;
    const { AutoScalingClient, SetInstanceProtectionCommand } = await import('@aws-sdk/client-auto-scaling');
    const client = new AutoScalingClient({ region });
    try {
      const instanceId = await metadata.read('instance-id');
      await client.send(
        new SetInstanceProtectionCommand({
          AutoScalingGroupName: autoScalingGroupName,
          InstanceIds: instanceId === undefined ? [] : [instanceId],
          ProtectedFromScaleIn: isProtected,
        }),
      );
      return true;
    } finally {
      client.destroy();
    }
  };
}
