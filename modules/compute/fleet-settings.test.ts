import { type FleetSettings, fleetProblems } from './fleet-settings';

const settings: FleetSettings = { instanceType: 't3.small', minSize: 2, desiredCapacity: 2, maxSize: 4 };
const night = { name: 'night', recurrence: '0 20 * * *', minSize: 0, desiredCapacity: 0, maxSize: 1 };

describe('the settings of a fleet', () => {
  it.each<[string, Partial<FleetSettings>]>([
    ['the fewest', {}],
    ['the smallest disk', { volumeSize: 8 }],
    ['another type on demand', { otherInstanceTypes: ['t3a.small'] }],
    ['spot of two types', { otherInstanceTypes: ['t3a.small'], onDemandPercentageAboveBaseCapacity: 0 }],
    ['a lifetime of a day', { maxInstanceLifetimeSeconds: 86_400 }],
    ['a schedule', { schedule: [night, { ...night, name: 'later', timeZone: 'America/New_York' }] }],
    ['packages', { packages: ['ffmpeg-free', 'libstdc++'] }],
    ['a warm pool', { warmPool: {} }],
    ['a warm pool of several types on demand', { warmPool: {}, otherInstanceTypes: ['t3a.small'] }],
    ['a warm pool of a fixed size', { warmPool: { minSize: 2, maxGroupPreparedCapacity: 2 } }],
  ])('may be %s', (_, more) => {
    expect(fleetProblems({ ...settings, ...more })).toEqual([]);
  });

  it.each<[string, Partial<FleetSettings>, string, string]>([
    ['a min above the desired capacity', { minSize: 3 }, 'minSize', 'desiredCapacity'],
    ['a type of another processor', { otherInstanceTypes: ['t4g.small'] }, 'instanceType', 'x86_64'],
    ['a type twice', { otherInstanceTypes: ['t3.small'] }, 'otherInstanceTypes', 'once'],
    ['spot of one type', { onDemandPercentageAboveBaseCapacity: 50 }, 'otherInstanceTypes', 'several types'],
    [
      'more than everything on demand',
      { onDemandPercentageAboveBaseCapacity: 101 },
      'onDemandPercentageAboveBaseCapacity',
      'from 0 to 100',
    ],
    ['a base above the max', { onDemandBaseCapacity: 5 }, 'onDemandBaseCapacity', 'from 0 to 4'],
    ['a disk that is too small', { volumeSize: 7 }, 'volumeSize', 'from 8 to 16384'],
    ['a lifetime of an hour', { maxInstanceLifetimeSeconds: 3600 }, 'maxInstanceLifetimeSeconds', '86400'],
    [
      'a schedule of four fields',
      { schedule: [{ ...night, recurrence: '0 20 * *' }] },
      'recurrence of the schedule night',
      'five fields',
    ],
    [
      'a schedule whose sizes contradict each other',
      { schedule: [{ ...night, minSize: 2 }] },
      'minSize of the schedule night',
      'desiredCapacity',
    ],
    ['two actions of one name', { schedule: [night, night] }, 'schedule', 'night is named twice'],
    [
      'a schedule in no time zone',
      { schedule: [{ ...night, timeZone: 'Mars/Olympus' }] },
      'timeZone of the schedule night',
      'IANA',
    ],
    [
      'more alarms than Auto Scaling takes',
      { refreshAlarmNames: Array.from({ length: 11 }, (_, index) => `alarm-${index}`) },
      'refreshAlarmNames',
      'up to 10',
    ],
    [
      'a warm pool of spot instances',
      { warmPool: {}, otherInstanceTypes: ['t3a.small'], onDemandPercentageAboveBaseCapacity: 0 },
      'warmPool',
      'no spot instances',
    ],
    [
      'a warm pool that hibernates',
      JSON.parse('{ "warmPool": { "poolState": "Hibernated" } }') as Partial<FleetSettings>,
      'poolState of the warmPool',
      '"Stopped" or "Running"',
    ],
    [
      'a warm pool of fewer than no instances',
      { warmPool: { minSize: -1 } },
      'minSize of the warmPool',
      '0 or more',
    ],
    [
      'a warm pool up to no instance',
      { warmPool: { maxGroupPreparedCapacity: 0 } },
      'maxGroupPreparedCapacity of the warmPool',
      '1 or more',
    ],
    ['a package that is a command', { packages: ['ffmpeg; reboot'] }, 'packages', 'letters, digits'],
  ])('may not be %s', (_, more, field, allowed) => {
    expect(fleetProblems({ ...settings, ...more })).toEqual([
      expect.objectContaining({ field, allowed: expect.stringContaining(allowed) as string }),
    ]);
  });
});
