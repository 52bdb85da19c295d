import { describeDenials } from '../../access/history';
import { tellFactor } from '../../fleet/clock';
import type { InstanceAction } from '../control';
import { GroupClient } from '../group-client';
import { PipelineClient } from '../pipeline-client';
import type { StandingLab } from '../standing-lab';

/** A result for a machine and the same for a person. */
export interface Report {
  readonly value: unknown;
  readonly text: string;
}

/** Does one thing to the worker of the given instance, or to every worker; resolves with the instances' ids. */
export async function eachInstance(
  lab: StandingLab,
  instance: string | undefined,
  action: InstanceAction,
): Promise<string[]> {
  const workers = (await lab.instances()).filter(({ worker }) => worker !== 'none');
  const ids = instance === undefined ? workers.map(({ instanceId }) => instanceId) : [instance];
  await Promise.all(ids.map((id) => lab.act(id, action)));
  return ids;
}

/** The log of the worker or the site, and the console, of the given instance, or of every one. */
export async function logs(lab: StandingLab, instance: string | undefined): Promise<Report> {
  const every = (await lab.instances()).map(({ instanceId }) => instanceId);
  const ids = instance === undefined ? every : [instance];
  const value = await Promise.all(ids.map(async (id) => ({ instanceId: id, ...(await lab.log(id)) })));
  const text = value
    .map(({ instanceId, log, console }) => {
      const shown = log.trim() === '' ? `(no log yet; the console says:)\n${console.trim()}` : log.trim();
      return `${instanceId}\n${shown.replaceAll(/^/gm, '  ')}`;
    })
    .join('\n\n');
  return { value, text };
}

/** What the lab is made of and how it is: instances, workers, the group, the queue. */
export async function status(lab: StandingLab): Promise<Report> {
  const { endpoint, outputs, site, timeFactor } = lab.record;
  const compressed = tellFactor(timeFactor);
  const pipeline = new PipelineClient(endpoint, outputs);
  const group = new GroupClient(endpoint, outputs);
  try {
    const instances = await lab.instances();
    const { desiredCapacity, inService } = await group.describe();
    const queue = await pipeline.depth();
    const denied = await lab.denials();
    const deadLetters = await pipeline.depth(outputs.deadLetterQueueUrl);
    const text = [
      `endpoint     ${endpoint}`,
      ...(site === undefined ? [] : [`site         ${site}`]),
      ...(compressed === undefined ? [] : [`time         ${compressed}`]),
      `group        ${outputs.workerGroupName}: ${inService.length} of ${desiredCapacity} in service`,
      `queue        ${outputs.queueName}: ${queue.visible} visible, ${queue.inFlight} in flight, ${deadLetters.visible} in the dead-letter queue`,
      ...instances.map(
        ({ instanceId, zone, state, groupName, worker }) =>
          `${instanceId}  ${zone}  ${state}, ${worker === 'none' ? (groupName ?? 'no group') : `worker ${worker}`}`,
      ),
      ...describeDenials(denied).map((line) => `denied       ${line}`),
    ].join('\n');
    return {
      value: {
        endpoint,
        site,
        timeFactor,
        group: { desiredCapacity, inService },
        queue,
        deadLetters,
        instances,
        denied,
        outputs,
      },
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
