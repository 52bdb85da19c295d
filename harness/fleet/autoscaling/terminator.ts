import type { Activities } from './activities';
import type { Clock } from '../clock';
import type { Ec2Gateway, InstanceState } from './gateway';
import { type Group, everyMember } from './group';
import type { Member } from './member';
import { failedAgain, mustWait } from './retry';

/** Has EC2 terminate the instances that leave their groups. */
export class Terminator {
  constructor(
    private readonly ec2: Ec2Gateway,
    private readonly clock: Clock,
    private readonly activities: Activities,
  ) {}

  /**
   * Terminates what no hook holds back; an instance that is gone already needs no hook. What EC2 refuses stands in the
   * activities, and is tried again later and later.
   *
   * @returns whether EC2 was asked to terminate anything.
   */
  async advance(group: Group, states: ReadonlyMap<string, InstanceState>): Promise<boolean> {
    const leaving = everyMember(group).filter(({ lifecycleState }) => lifecycleState.includes('Terminating'));
    for (const member of leaving) {
      const state = states.get(member.instanceId);
      if (state === 'terminated' || state === 'shutting-down') {
        member.lifecycleState = 'Terminated';
        if (member.activity.StatusCode !== 'Failed') {
          this.activities.succeed(member.activity);
        }
      }
    }
    const due = leaving.filter(
      ({ instanceId, lifecycleState, terminationFailures }) =>
        lifecycleState.endsWith('Terminating:Proceed') &&
        states.has(instanceId) &&
        !mustWait(terminationFailures, this.clock),
    );
    if (due.length > 0) {
      await this.terminate(group, due);
    }
    for (const place of [group, ...(group.pool === undefined ? [] : [group.pool])]) {
      place.members = place.members.filter(({ lifecycleState }) => lifecycleState !== 'Terminated');
    }
    return due.length > 0;
  }

  /** All at once; when EC2 refuses that, each by itself. */
  private async terminate(group: Group, members: readonly Member[]): Promise<void> {
    for (const member of members.filter(({ activity }) => activity.StatusCode === 'Failed')) {
      const description = `Terminating EC2 instance: ${member.instanceId}`;
      member.activity = this.activities.begin(group, description, [member.activity.Cause]);
    }
    try {
      await this.ec2.terminate(members.map(({ instanceId }) => instanceId));
    } catch (error) {
      const [member, ...others] = members;
      if (member !== undefined && others.length === 0) {
        this.activities.fail(member.activity, error, 'Terminating');
        member.terminationFailures = failedAgain(member.terminationFailures, this.clock);
      } else {
        await Promise.all(members.map((each) => this.terminate(group, [each])));
      }
    }
  }
}
