import { type Bounds, type Standing, pace } from './pace';

const at = (standing: Partial<Standing>): Standing => {
  const desired = standing.desired ?? 10;
  const outdated = standing.outdated ?? desired;
  return { desired, total: desired, ready: desired, outdated, allowed: outdated, ...standing };
};

// Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-overview.html and API_RefreshPreferences
it.each<[string, Bounds, Partial<Standing>, { terminate: number; launch: number }]>([
  ['one of ten at 90 percent', { minHealthy: 90, maxHealthy: undefined }, {}, { terminate: 1, launch: 0 }],
  ['all at once at 0 percent', { minHealthy: 0, maxHealthy: undefined }, {}, { terminate: 10, launch: 0 }],
  [
    'one at a time at 100 percent',
    { minHealthy: 100, maxHealthy: undefined },
    {},
    { terminate: 1, launch: 0 },
  ],
  [
    'one of two at 90 percent, which rounds up to both',
    { minHealthy: 90, maxHealthy: undefined },
    { desired: 2 },
    { terminate: 1, launch: 0 },
  ],
  [
    'none while one is missing',
    { minHealthy: 90, maxHealthy: undefined },
    { total: 10, ready: 9 },
    { terminate: 0, launch: 0 },
  ],
  ['a new one first at 100 to 110', { minHealthy: 100, maxHealthy: 110 }, {}, { terminate: 0, launch: 1 }],
  [
    'a new one first at 100 to 100, said by name',
    { minHealthy: 100, maxHealthy: 100 },
    {},
    { terminate: 0, launch: 1 },
  ],
  [
    'no further one while the new one is not ready',
    { minHealthy: 100, maxHealthy: 110 },
    { total: 11, ready: 10 },
    { terminate: 0, launch: 0 },
  ],
  [
    'an old one once the new one is ready, and the next new one with it',
    { minHealthy: 100, maxHealthy: 110 },
    { total: 11, ready: 11 },
    { terminate: 1, launch: 1 },
  ],
  [
    'only the old one at the end',
    { minHealthy: 100, maxHealthy: 110 },
    { total: 11, ready: 11, outdated: 1 },
    { terminate: 1, launch: 0 },
  ],
  ['both ways at 90 to 120', { minHealthy: 90, maxHealthy: 120 }, {}, { terminate: 1, launch: 2 }],
  [
    'all new ones first at 100 to 200',
    { minHealthy: 100, maxHealthy: 200 },
    {},
    { terminate: 0, launch: 10 },
  ],
  [
    'no more than up to the checkpoint',
    { minHealthy: 50, maxHealthy: undefined },
    { allowed: 2 },
    { terminate: 2, launch: 0 },
  ],
  ['none at a checkpoint', { minHealthy: 50, maxHealthy: 150 }, { allowed: 0 }, { terminate: 0, launch: 0 }],
])('a refresh replaces %s', (_what, bounds, standing, batch) => {
  expect(pace(at(standing), bounds)).toEqual(batch);
});
