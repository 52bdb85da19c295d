import { formatDuration, formatSize, formatTime } from './format';

describe('what people read', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [1023, '1023 bytes'],
    [1024, '1 KiB'],
    [1_500_000, '1.4 MiB'],
    [2 * 1024 ** 3, '2 GiB'],
    [3 * 1024 ** 5, '3072 TiB'],
  ])('has %d bytes as %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });

  it('has times in UTC', () => {
    expect(formatTime(new Date('2026-11-25T02:40:59+01:00'))).toBe('25 Nov 2026, 01:40 UTC');
  });

  it.each([
    [0.4, '0:00'],
    [59.6, '1:00'],
    [3725, '1:02:05'],
  ])('has %d seconds as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});
