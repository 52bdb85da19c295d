type Place = 'EC2' | 'AutoScalingGroup' | 'WarmPool';

/** What an instance goes through on its way from one place to another, and which hooks wait for it there. */
export interface Journey {
  /** Its lifecycle state on the way: with `:Wait` while hooks wait, with `:Proceed` once none does. */
  readonly state: 'Pending' | 'Terminating' | 'Warmed:Pending' | 'Warmed:Terminating';
  readonly transition: 'autoscaling:EC2_INSTANCE_LAUNCHING' | 'autoscaling:EC2_INSTANCE_TERMINATING';
  readonly origin: Place;
  readonly destination: Place;
}

const launching = 'autoscaling:EC2_INSTANCE_LAUNCHING';
const terminating = 'autoscaling:EC2_INSTANCE_TERMINATING';

/**
 * Every journey that there is. An instance that returns to the warm pool does so through the hooks of a termination.
 * Sources: https://docs.aws.amazon.com/autoscaling/ec2/userguide/warm-pool-instance-lifecycle.html and
 * warm-pools-eventbridge-events.html
 */
export const journeys = {
  launch: { state: 'Pending', transition: launching, origin: 'EC2', destination: 'AutoScalingGroup' },
  draw: { state: 'Pending', transition: launching, origin: 'WarmPool', destination: 'AutoScalingGroup' },
  end: { state: 'Terminating', transition: terminating, origin: 'AutoScalingGroup', destination: 'EC2' },
  warm: { state: 'Warmed:Pending', transition: launching, origin: 'EC2', destination: 'WarmPool' },
  giveBack: {
    state: 'Warmed:Pending',
    transition: terminating,
    origin: 'AutoScalingGroup',
    destination: 'WarmPool',
  },
  endWarm: { state: 'Warmed:Terminating', transition: terminating, origin: 'WarmPool', destination: 'EC2' },
} as const satisfies Record<string, Journey>;

/** The transitions that hooks can wait at. */
export const transitions = [launching, terminating] as const;
