import { maxFileBytes } from './command';
import { planRenditions } from './renditions';

describe('the room for the files of a movie', () => {
  const { renditions } = planRenditions({ width: 1920, height: 1080 }, false);
  const bytesOf = (seconds: number): number =>
    2 * renditions.reduce((sum, rendition) => sum + maxFileBytes(rendition, seconds), 0);

  it('is 150 MB for each minute of both renditions, so that 105 minutes have room on a disk of 20 GiB', () => {
    expect(bytesOf(3600) / 60).toBeLessThan(150e6);
    expect(bytesOf(105 * 60)).toBeLessThan(15.8e9);
  });

  it('leaves that of the buffer to a short one as well', () => {
    // Two seconds at 6 and 3.5 Mbit/s, twice.
    expect(bytesOf(0)).toBeGreaterThanOrEqual((2 * 2 * 9.5e6) / 8);
  });
});
