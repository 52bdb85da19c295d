import type { Event } from './history';
import { describeVerdict, judge } from './verdict';

const uploaded = (name: string): Event[] => [
  { kind: 'attempted', name },
  { kind: 'acknowledged', name },
];
const processed = (name: string, versions = 1): Event => ({ kind: 'processed', name, versions });

describe('the verdict on a history', () => {
  it('holds when every acknowledged upload was processed once', () => {
    const verdict = judge([...uploaded('a'), ...uploaded('b'), processed('b'), processed('a')]);
    expect(verdict).toMatchObject({ acknowledged: 2, lost: [], holds: true });
    expect(describeVerdict(verdict)).toContain('all 2 acknowledged uploads are processed once');
  });

  it.each<[string, Event[], object]>([
    ['an upload that is nowhere', uploaded('a'), { lost: ['a'] }],
    [
      'an upload that still waits',
      [...uploaded('a'), { kind: 'waiting', name: 'a' }],
      { waiting: ['a'], lost: [] },
    ],
    ['a result that nobody uploaded', [processed('a')], { unexpected: ['a'] }],
    ['a result that was written twice', [...uploaded('a'), processed('a', 2)], { duplicated: ['a'] }],
  ])('does not hold with %s', (_, events, expected) => {
    expect(judge(events)).toMatchObject({ ...expected, holds: false });
    expect(describeVerdict(judge(events))).toContain('a');
  });

  it('holds with an upload whose answer was lost, whether it is there or not', () => {
    expect(judge([{ kind: 'attempted', name: 'a' }])).toMatchObject({ lost: [], recovered: [], holds: true });
    expect(judge([{ kind: 'attempted', name: 'a' }, processed('a')])).toMatchObject({
      recovered: ['a'],
      holds: true,
    });
  });

  it('goes by what was seen last: what waited and was then processed does not wait', () => {
    expect(judge([...uploaded('a'), { kind: 'waiting', name: 'a' }, processed('a')])).toMatchObject({
      holds: true,
    });
  });
});
