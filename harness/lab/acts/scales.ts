import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';

import { type Clock, tell } from '../../fleet/clock';
import type { Act } from './act';
import type { Stage, WorkerInstance } from './stage';

/** Files uploaded at once; as many again whenever fewer wait, until the group is as large as it may be. */
const wave = 150;

/** Much more than any machine needs: a group that does not grow is not uploaded at for ever. */
const mostFiles = 6_000;

const growSeconds = 300;
const drainSeconds = 300;
/** Each instance that leaves notices it within seconds, and drains. */
const shrinkSeconds = 300;

export const scales: Act = {
  number: 8,
  name: 'scales',
  story:
    'A burst of uploads takes the queue above the threshold, and keeps it there until the group is full.',
  async play(stage) {
    const { lab, group, scaling } = stage;
    const backlog = await stage.until(
      'an alarm that adds instances, out of its alarm, and the group at its smallest',
      () => alarmAtRest(stage),
      { seconds: shrinkSeconds, instead: () => alarmStates(stage) },
    );
    const begun = lab.clock.now();
    await stage.groupReady();
    const { minSize, maxSize } = await group.describe();
    stage.say(`the alarm ${describe(backlog, lab.clock)}`);

    const crowd = new Crowd(stage);
    const names = await burstUntilFull(stage, crowd, maxSize);
    const history = await scaling.history(backlog.AlarmName, begun);
    stage.must(
      `the alarm's history tell of the alarm and of the policy (it tells: ${history.join(' ')})`,
      history.some((line) => line.endsWith('to ALARM')) &&
        history.some((line) => line.startsWith('Successfully executed action')),
    );

    await stage.queueIsEmpty({ seconds: drainSeconds, meanwhile: () => crowd.look() });
    await stage.allProcessed(names);
    await stage.until(
      `the group shrink to ${minSize} instances`,
      async () => (await crowd.look()) === minSize && (await group.describe()).desiredCapacity === minSize,
      { seconds: shrinkSeconds, instead: () => `sizes ${crowd.sizes()}` },
    );

    const lost = await stage.lost();
    stage.must(`every uploaded file processed (missing: ${lost.join(', ')})`, lost.length === 0);
    stage.must(
      'an empty dead-letter queue',
      (await stage.pipeline.depth(lab.outputs.deadLetterQueueUrl)).visible === 0,
    );
    const left = await crowd.left();
    const unfinished = (await Promise.all(left.map((worker) => unfinishedTasks(stage, worker)))).flat();
    stage.must(
      `no busy worker killed (unfinished: ${unfinished.join(', ')})`,
      left.length >= maxSize - minSize && unfinished.length === 0,
    );
    const causes = (await scaling.activities(begun)).flatMap(
      ({ Cause }) => /At \S+ (a monitor alarm .*?\.)/.exec(Cause ?? '')?.[1] ?? [],
    );
    return [
      `the alarm ${describe(backlog, lab.clock)}: ${history.join('; ')}`,
      ...new Set(causes),
      `instances in service: ${crowd.sizes()}`,
      `all ${names.length} files processed, nothing lost, the dead-letter queue is empty`,
      `${left.map(({ instanceId }) => instanceId).join(', ')} left when the queue was empty, with every task finished that they had begun`,
    ];
  },
};

/**
 * The alarm on the backlog, once what the acts before have uploaded moves nothing any more: in alarm by that, it tells of
 * no other.
 */
async function alarmAtRest({ group, scaling }: Stage): Promise<MetricAlarm | undefined> {
  const { minSize, desiredCapacity, comingOrGoing } = await group.describe();
  const backlog = (await scaling.alarms()).find(({ ComparisonOperator }) =>
    ComparisonOperator?.startsWith('Greater'),
  );
  const atRest = desiredCapacity === minSize && comingOrGoing === 0 && backlog?.StateValue !== 'ALARM';
  return atRest ? backlog : undefined;
}

/** Uploads in waves until as many instances as the group may have are in service. Returns what was uploaded. */
async function burstUntilFull(stage: Stage, crowd: Crowd, maxSize: number): Promise<string[]> {
  const names: string[] = [];
  await stage.until(
    `${maxSize} instances in service`,
    async () => {
      if ((await crowd.look()) >= maxSize) {
        return true;
      }
      if (names.length < mostFiles && (await stage.pipeline.depth()).visible < wave) {
        const more = Array.from({ length: wave }, (_, index) => `burst/${names.length + index + 1}.txt`);
        await stage.uploadAll(more);
        names.push(...more);
      }
      return false;
    },
    {
      seconds: growSeconds,
      instead: async () => `sizes ${crowd.sizes()}; alarms ${await alarmStates(stage)}`,
    },
  );
  return names;
}

/** Who was in service in the course of the act, and how many at a time. */
class Crowd {
  private readonly known = new Map<string, WorkerInstance>();
  private readonly numbers: number[] = [];

  constructor(private readonly stage: Stage) {}

  /** How many members are in service now. */
  async look(): Promise<number> {
    const members = await this.stage.members();
    for (const member of members) {
      this.known.set(member.instanceId, member);
    }
    if (this.numbers.at(-1) !== members.length) {
      this.numbers.push(members.length);
      this.stage.say(`${members.length} instances in service`);
    }
    return members.length;
  }

  /** Those that are there no more. */
  async left(): Promise<WorkerInstance[]> {
    const present = new Set((await this.stage.members()).map(({ instanceId }) => instanceId));
    return [...this.known.values()].filter(({ instanceId }) => !present.has(instanceId));
  }

  sizes(): string {
    return this.numbers.join(' → ');
  }
}

/** Keys that a worker began to process and did not end: its log outlives it. */
async function unfinishedTasks(stage: Stage, worker: WorkerInstance): Promise<string[]> {
  const log = await stage.log(worker);
  const begun = [...log.matchAll(/Processing: (\S+)/g)].map(([, key = '']) => key);
  const { uploadsPrefix } = stage.lab.outputs;
  return begun.filter((key) => {
    const processed = stage.pipeline.processedKey(key.slice(uploadsPrefix.length));
    // What another delivery of the same task has moved already is done as well.
    return ![`Moved to: ${processed}`, `Already moved to: ${processed}`].some((line) => log.includes(line));
  });
}

function describe(alarm: MetricAlarm, clock: Clock): string {
  const {
    AlarmName = '',
    Statistic = '',
    MetricName = '',
    Threshold = 0,
    EvaluationPeriods = 0,
    Period = 0,
  } = alarm;
  return `${AlarmName}: ${Statistic} of ${MetricName} above ${Threshold} in ${EvaluationPeriods} × ${tell(Period, clock)}`;
}

async function alarmStates(stage: Stage): Promise<string> {
  const alarms = await stage.scaling.alarms();
  return alarms.map(({ AlarmName, StateValue }) => `${AlarmName ?? ''} ${StateValue ?? ''}`).join(', ');
}
