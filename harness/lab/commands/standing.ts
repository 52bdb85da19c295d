import type { InstanceAction } from '../control';
import { GroupClient } from '../group-client';
import { PipelineClient } from '../pipeline-client';
import type { StandingLab } from '../standing-lab';

/** A result for a machine and the same for a person. */
export interface Report {
  readonly value: unknown;
  readonly text: string;
}

async function instanceIds(lab: StandingLab, instance: string | undefined): Promise<string[]> {
  return instance === undefined ? (await lab.instances()).map(({ instanceId }) => instanceId) : [instance];
}

/** Does one thing inside the given instance, or inside every one; resolves with their ids. */
export async function eachInstance(
  lab: StandingLab,
  instance: string | undefined,
  action: InstanceAction,
): Promise<string[]> {
  const ids = await instanceIds(lab, instance);
  await Promise.all(ids.map((id) => lab.act(id, action)));
  return ids;
}

/** The worker's log and the console of the given instance, or of every one. */
export async function logs(lab: StandingLab, instance: string | undefined): Promise<Report> {
  const ids = await instanceIds(lab, instance);
  const value = await Promise.all(ids.map(async (id) => ({ instanceId: id, ...(await lab.log(id)) })));
  const text = value
    .map(({ instanceId, log, console }) => {
      const shown =
        log.trim() === '' ? `(no log of the worker; the console says:)\n${console.trim()}` : log.trim();
      return `${instanceId}\n${shown.replaceAll(/^/gm, '  ')}`;
    })
    .join('\n\n');
  return { value, text };
}

/** What the lab is made of and how it is: instances, workers, the group, the queue. */
export async function status(lab: StandingLab): Promise<Report> {
  const { endpoint, outputs } = lab.record;
  const pipeline = new PipelineClient(endpoint, outputs);
  const group = new GroupClient(endpoint, outputs);
  try {
    const instances = await lab.instances();
    const { desiredCapacity, inService } = await group.describe();
    const queue = await pipeline.depth();
    const deadLetters = await pipeline.depth(outputs.deadLetterQueueUrl);
    const text = [
      `endpoint     ${endpoint}`,
      `group        ${outputs.workerGroupName}: ${inService.length} of ${desiredCapacity} in service`,
      `queue        ${outputs.queueName}: ${queue.visible} visible, ${queue.inFlight} in flight, ${deadLetters.visible} in the dead-letter queue`,
      ...instances.map(
        ({ instanceId, zone, state, worker }) => `${instanceId}  ${zone}  ${state}, worker ${worker}`,
      ),
    ].join('\n');
    return {
      value: { endpoint, group: { desiredCapacity, inService }, queue, deadLetters, instances, outputs },
      text,
    };
  } finally {
    pipeline.close();
    group.close();
  }
}

/** Terminates an instance by EC2's API; without one, the first of the worker group. Resolves with its id. */
export async function terminate(lab: StandingLab, instance: string | undefined): Promise<string> {
  const group = new GroupClient(lab.record.endpoint, lab.record.outputs);
  try {
    const instanceId = instance ?? (await group.describe()).inService[0]?.instanceId;
    if (instanceId === undefined) {
      throw new Error('The worker group has no instance in service; wait for one, or name an instance.');
    }
    await group.terminate(instanceId);
    return instanceId;
  } finally {
    group.close();
  }
}
