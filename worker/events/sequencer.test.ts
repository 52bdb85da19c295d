import { compareSequencers } from './sequencer';

describe('comparing sequencers', () => {
  it.each([
    ['the same length', '0055AED6DCD90281E5', '0055AED6DCD90281E6'],
    ['different lengths, the longer one newer', 'FF', '0100'],
    ['different lengths, the shorter one newer', '00000A', 'B'],
    ['different case', '0a', '0B'],
  ])('orders two of %s', (_, older, newer) => {
    expect(compareSequencers(older, newer)).toBeLessThan(0);
    expect(compareSequencers(newer, older)).toBeGreaterThan(0);
  });

  it('takes leading zeros and case as nothing', () => {
    expect(compareSequencers('00aB', 'AB')).toBe(0);
  });
});
