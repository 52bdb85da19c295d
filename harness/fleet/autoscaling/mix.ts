import type {
  InstancesDistribution,
  LaunchTemplateOverrides,
  LaunchTemplateSpecification,
  MixedInstancesPolicy,
} from '@aws-sdk/client-auto-scaling';

import { notDoneHere, validationError } from '../protocol/errors';
import type { Group, GroupSettings } from './group';
import type { Member } from './member';
import { activeRefresh } from './refresh/refresh';
import { distributionSettings, refuseNotDone } from './settings-done';

/** How one instance is bought. */
export interface Purchase {
  /** @default the type of the launch template */
  readonly instanceType?: string;
  readonly spot: boolean;
}

/** Source: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstancesDistribution.html */
const defaults = {
  OnDemandAllocationStrategy: 'prioritized',
  OnDemandBaseCapacity: 0,
  OnDemandPercentageAboveBaseCapacity: 100,
  SpotAllocationStrategy: 'lowest-price',
} as const satisfies InstancesDistribution;

const strategies = {
  OnDemandAllocationStrategy: ['prioritized', 'lowest-price'],
  SpotAllocationStrategy: [
    'lowest-price',
    'capacity-optimized',
    'capacity-optimized-prioritized',
    'price-capacity-optimized',
  ],
} as const;

function checkOverride(override: LaunchTemplateOverrides): void {
  const asked = Object.keys(override).find(
    (name) => name !== 'InstanceType' && Reflect.get(override, name) !== undefined,
  );
  if (asked !== undefined) {
    throw notDoneHere(`autoscaling: ${asked} in an override of a mixed instances policy`);
  }
  if (override.InstanceType === undefined) {
    throw validationError('An override of a mixed instances policy needs an InstanceType.');
  }
}

function checkDistribution(distribution: InstancesDistribution): void {
  const { OnDemandPercentageAboveBaseCapacity: percent = 100, OnDemandBaseCapacity: base = 0 } = distribution;
  if (percent < 0 || percent > 100 || base < 0) {
    throw validationError(
      `OnDemandPercentageAboveBaseCapacity is ${percent} and OnDemandBaseCapacity ${base}; they must be from 0 to 100, and 0 or more.`,
    );
  }
  refuseNotDone(distribution, distributionSettings, 'a mixed instances policy');
  for (const [name, allowed] of Object.entries(strategies)) {
    const given = distribution[name as keyof typeof strategies];
    if (given !== undefined && !allowed.some((known) => known === given)) {
      throw validationError(`${name} ${given} is not valid. Valid values are: ${allowed.join(', ')}`);
    }
  }
}

/**
 * A mixed instances policy with AWS's defaults for what it does not say.
 *
 * @param resolve finds the launch template, so that its id, name and version are known.
 * @throws ServiceError for what cannot be, or is not done here.
 */
export async function checkedMix(
  { LaunchTemplate, InstancesDistribution: distribution = {} }: MixedInstancesPolicy,
  resolve: (template: LaunchTemplateSpecification | undefined) => Promise<LaunchTemplateSpecification>,
): Promise<MixedInstancesPolicy> {
  const { LaunchTemplateSpecification: asked, Overrides = [] } = LaunchTemplate ?? {};
  Overrides.forEach(checkOverride);
  checkDistribution(distribution);
  const said = Object.entries(distribution).filter(([, value]) => value !== undefined);
  return {
    LaunchTemplate: { LaunchTemplateSpecification: await resolve(asked), Overrides },
    InstancesDistribution: { ...defaults, ...Object.fromEntries(said) },
  };
}

/** The launch template of a group, in a mixed instances policy or not. */
export function templateOf({
  LaunchTemplate,
  MixedInstancesPolicy: mix,
}: Pick<GroupSettings, 'LaunchTemplate' | 'MixedInstancesPolicy'>): LaunchTemplateSpecification {
  return LaunchTemplate ?? mix?.LaunchTemplate?.LaunchTemplateSpecification ?? {};
}

/** What new instances of a group are launched from now. */
export function launchTemplateOf(group: Group): LaunchTemplateSpecification {
  const refresh = activeRefresh(group);
  const wanted = refresh?.shown.Status === 'Cancelling' ? undefined : refresh?.template;
  return wanted ?? templateOf(group.settings);
}

/** How many instances of a group of some size are to be on demand: the base, and their part of the rest, rounded up. */
function wantedOnDemand({ InstancesDistribution = {} }: MixedInstancesPolicy, total: number): number {
  const {
    OnDemandBaseCapacity: base = defaults.OnDemandBaseCapacity,
    OnDemandPercentageAboveBaseCapacity: percent = defaults.OnDemandPercentageAboveBaseCapacity,
  } = InstancesDistribution;
  return Math.min(total, base + Math.ceil((Math.max(0, total - base) * percent) / 100));
}

/**
 * Those of some members that are of the type, spot or on demand, of which a group has too many once it is smaller by one.
 * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-termination-policies.html, «Spot Instances
 * and On-Demand Instances»
 *
 * @param counted the group's capacity.
 * @returns all of them where none is of that type.
 */
export function ofSurplusType(
  group: Group,
  candidates: readonly Member[],
  counted: readonly Member[],
): readonly Member[] {
  const { MixedInstancesPolicy: mix } = group.settings;
  if (mix === undefined) {
    return candidates;
  }
  const onDemand = counted.filter(({ spot }) => !spot).length;
  const leavesSpot = onDemand <= wantedOnDemand(mix, counted.length - 1);
  const surplus = candidates.filter(({ spot }) => spot === leavesSpot);
  return surplus.length > 0 ? surplus : candidates;
}

/**
 * How the next instances of a group are bought: on-demand instances first, as many as it is to have. There are no prices and
 * no capacities here, so every strategy takes the first type of the list; after a launch that failed, the next.
 * Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/allocation-strategies.html
 *
 * @param beside whom they come.
 */
export function purchases(group: Group, howMany: number, beside: readonly Member[]): Purchase[] {
  const { MixedInstancesPolicy: mix } = group.settings;
  if (mix === undefined) {
    return Array.from({ length: howMany }, () => ({ spot: false }));
  }
  const types = (mix.LaunchTemplate?.Overrides ?? []).flatMap(({ InstanceType }) => InstanceType ?? []);
  const type = types[(group.launchFailures?.count ?? 0) % Math.max(1, types.length)];
  let onDemand = beside.filter(({ spot }) => !spot).length;
  return Array.from({ length: howMany }, (_, index) => {
    const spot = onDemand >= wantedOnDemand(mix, beside.length + index + 1);
    onDemand += spot ? 0 : 1;
    return { spot, ...(type === undefined ? {} : { instanceType: type }) };
  });
}
