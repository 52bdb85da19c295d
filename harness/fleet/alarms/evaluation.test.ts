import { type MissingData, decide, evaluationRange } from './evaluation';

/** `0` does not breach, `X` does, `-` is missing; the oldest first. */
const state = (points: string, datapointsToAlarm: number, missingData: MissingData): string =>
  decide(
    points.split(' ').map((point) => (point === '-' ? undefined : point === 'X' ? 1 : 0)),
    { evaluationPeriods: 3, datapointsToAlarm, missingData, breaches: (value) => value > 0 },
    // A state that no decision makes shows where the present one is kept.
    'kept' as 'OK',
  ).state;

// Source: the tables of https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
describe('an alarm of 3 out of 3 data points', () => {
  it.each([
    ['0 - X - X', 'OK', 'OK', 'OK', 'OK'],
    ['0 - - - -', 'OK', 'OK', 'OK', 'OK'],
    ['- - - - -', 'INSUFFICIENT_DATA', 'kept', 'ALARM', 'OK'],
    ['0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    ['- - X - -', 'ALARM', 'kept', 'ALARM', 'OK'],
  ])('that has %s is, by missing, ignore, breaching, notBreaching: %s, %s, %s, %s', (points, ...expected) => {
    const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
    expect(treatments.map((treatment) => state(points, 3, treatment))).toEqual(expected);
  });
});

describe('an alarm of 2 out of 3 data points', () => {
  it.each([
    ['0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    ['0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    ['0 - X - -', 'OK', 'OK', 'ALARM', 'OK'],
    ['- - - - 0', 'OK', 'OK', 'ALARM', 'OK'],
    ['- - - X -', 'ALARM', 'kept', 'ALARM', 'OK'],
  ])('that has %s is, by missing, ignore, breaching, notBreaching: %s, %s, %s, %s', (points, ...expected) => {
    const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
    expect(treatments.map((treatment) => state(points, 2, treatment))).toEqual(expected);
  });
});

describe('an alarm', () => {
  it('keeps its state while all that is there breaches, and it is too little and too young', () => {
    expect(state('- - - - X', 2, 'missing')).toBe('kept');
    expect(state('- - - - X', 1, 'missing')).toBe('ALARM');
  });

  it('looks at no older points than it needs', () => {
    expect(state('X X 0 0 0', 1, 'missing')).toBe('OK');
    expect(state('X X 0 0 -', 1, 'missing')).toBe('ALARM');
  });

  it('asks for two periods more than it evaluates', () => {
    expect(evaluationRange(3)).toBe(5);
  });
});
