import { type GroupSize, type Problem, groupSizeProblems, wholeNumberProblems } from '../validation';
import { type Architecture, architectureProblems } from './machine-image';
import { type WarmPool, warmPoolProblems } from './warm-pool';

/** Changes the size of a group at certain times. */
export interface ScheduledAction extends GroupSize {
  readonly name: string;
  /** Cron expression of five fields, as `0 6 * * MON-FRI`. */
  readonly recurrence: string;
  /** Name of a time zone, as `America/New_York`. @default Etc/UTC */
  readonly timeZone?: string | undefined;
}

/** What a person chooses for a fleet, whatever its instances do. */
export interface FleetSettings extends GroupSize {
  /** EC2 instance type, as `t3.small`. */
  readonly instanceType: string;
  /** Types that may stand in for `instanceType`, the preferred ones first. @default none: every instance is of `instanceType` */
  readonly otherInstanceTypes?: readonly string[] | undefined;
  /** How many instances are on-demand whatever the percentage says. @default 0 */
  readonly onDemandBaseCapacity?: number | undefined;
  /** How many percent of the instances above the base are on-demand; the rest is spot. @default 100: no spot */
  readonly onDemandPercentageAboveBaseCapacity?: number | undefined;
  /** Processor that the artifacts were built for. @default x86_64 */
  readonly architecture?: Architecture | undefined;
  /** Id of an AMI, or `resolve:ssm:<parameter>`. @default the newest Amazon Linux 2023 of the architecture */
  readonly imageId?: string | undefined;
  /** Key pair for the instances; the security group still lets no SSH in. @default none: Session Manager */
  readonly keyPairName?: string | undefined;
  /** Size of the encrypted disk, in GiB. A worker needs 0.15 for each minute of a movie, beside its upload. @default 20 */
  readonly volumeSize?: number | undefined;
  /**
   * Packages of the distribution that are installed before the program starts. Amazon Linux has them in S3, which the
   * gateway endpoint reaches; another distribution needs a way to its mirror.
   *
   * @default none: no mirror is needed
   */
  readonly packages?: readonly string[] | undefined;
  /** Age at which an instance is replaced, in seconds: a day to a year. @default none */
  readonly maxInstanceLifetimeSeconds?: number | undefined;
  /** Alarms that stop an instance refresh: the instances that are left keep the template they have. @default none */
  readonly refreshAlarmNames?: readonly string[] | undefined;
  /** Changes of the group's size at given times. @default none: only scaling policies change it */
  readonly schedule?: readonly ScheduledAction[] | undefined;
  /**
   * Keeps instances ready that have booted already: `poolState`, `minSize`, `maxGroupPreparedCapacity` and `reuseOnScaleIn`, as in
   * AWS's PutWarmPool. It is worth its price where booting takes long: a bare worker boots in less than a minute. A program
   * of one's own completes the launch hook `<name>-launch` whenever it runs, as the worker does.
   *
   * @default none: every new instance boots from the beginning
   */
  readonly warmPool?: WarmPool | undefined;
}

const day = 86_400;

/** @returns what AWS or this architecture would refuse. */
export function fleetProblems(settings: FleetSettings): Problem[] {
  return [
    ...groupSizeProblems(settings),
    ...architectureProblems(settings.architecture ?? 'x86_64', instanceTypes(settings)),
    ...purchaseProblems(settings),
    ...rangeProblems('volumeSize', settings.volumeSize, 8, 16_384, 'GiB'),
    ...rangeProblems(
      'maxInstanceLifetimeSeconds',
      settings.maxInstanceLifetimeSeconds,
      day,
      365 * day,
      'seconds',
    ),
    ...scheduleProblems(settings.schedule ?? []),
    ...refreshAlarmProblems(settings.refreshAlarmNames ?? []),
    ...warmPoolProblems(settings.warmPool, usesSpot(settings)),
    ...(settings.packages ?? []).flatMap(packageProblems),
  ];
}

/** Types of a fleet's instances, the preferred ones first. */
export function instanceTypes({ instanceType, otherInstanceTypes = [] }: FleetSettings): string[] {
  return [instanceType, ...otherInstanceTypes];
}

/** Whether some of a fleet's instances may be spot instances. */
export function usesSpot({ onDemandPercentageAboveBaseCapacity = 100 }: FleetSettings): boolean {
  return onDemandPercentageAboveBaseCapacity < 100;
}

function purchaseProblems(settings: FleetSettings): Problem[] {
  const types = instanceTypes(settings);
  const problems = [
    ...rangeProblems('onDemandBaseCapacity', settings.onDemandBaseCapacity, 0, settings.maxSize, 'instances'),
    ...rangeProblems(
      'onDemandPercentageAboveBaseCapacity',
      settings.onDemandPercentageAboveBaseCapacity,
      0,
      100,
      'percent',
    ),
  ];
  if (new Set(types).size < types.length) {
    problems.push({
      field: 'otherInstanceTypes',
      given: settings.otherInstanceTypes,
      allowed: `each type may be named once, and ${settings.instanceType} is the instanceType already.`,
    });
  }
  if (usesSpot(settings) && types.length === 1) {
    problems.push({
      field: 'otherInstanceTypes',
      given: settings.otherInstanceTypes,
      allowed: 'spot instances need several types: name more, or the fleet stands still when one runs out.',
    });
  }
  return problems;
}

function scheduleProblems(schedule: readonly ScheduledAction[]): Problem[] {
  const names = schedule.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  return [
    ...(twice === undefined
      ? []
      : [
          {
            field: 'schedule',
            given: names,
            allowed: `${twice} is named twice; each action has a name of its own.`,
          },
        ]),
    ...schedule.flatMap(actionProblems),
  ];
}

function actionProblems(action: ScheduledAction): Problem[] {
  const inside = groupSizeProblems(action).map(({ field, ...problem }) => ({
    ...problem,
    field: `${field} of the schedule ${action.name}`,
  }));
  if (action.recurrence.trim().split(/\s+/).length !== 5) {
    inside.push({
      field: `recurrence of the schedule ${action.name}`,
      given: action.recurrence,
      allowed: 'a cron expression has five fields: minute, hour, day of month, month, day of week.',
    });
  }
  if (!isTimeZone(action.timeZone ?? 'Etc/UTC')) {
    inside.push({
      field: `timeZone of the schedule ${action.name}`,
      given: action.timeZone,
      allowed: 'it must be a name of the IANA database, as "America/New_York".',
    });
  }
  return inside;
}

function isTimeZone(timeZone: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Source: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_AlarmSpecification.html */
function refreshAlarmProblems(given: readonly string[]): Problem[] {
  return given.length <= 10
    ? []
    : [{ field: 'refreshAlarmNames', given, allowed: 'Auto Scaling takes up to 10 alarms.' }];
}

/** A name goes into a shell script. */
function packageProblems(name: string): Problem[] {
  return /^[A-Za-z0-9][A-Za-z0-9+._-]*$/.test(name)
    ? []
    : [{ field: 'packages', given: name, allowed: 'a name of a package: letters, digits and +._-.' }];
}

function rangeProblems(
  field: string,
  given: number | undefined,
  least: number,
  most: number,
  unit: string,
): Problem[] {
  const allowed = `it must be a whole number of ${unit} from ${least} to ${most}.`;
  return given === undefined ? [] : wholeNumberProblems(field, given, least, most, allowed);
}
