import { planRenditions } from './renditions';

const namesOf = (width: number, height: number, upscale: boolean): string[] =>
  planRenditions({ width, height }, upscale).renditions.map(
    ({ name, width: w, height: h }) => `${name} ${w}x${h}`,
  );

describe('the renditions of a movie', () => {
  it.each([
    ['as large as the larger one', 1920, 1080, ['1080p 1920x1080', '720p 1280x720']],
    ['larger than both', 3840, 2160, ['1080p 1920x1080', '720p 1280x720']],
    ['a line too small for it, because its size is odd', 1919, 1079, ['1080p 1920x1080', '720p 1280x720']],
    ['between both', 1440, 900, ['720p 1152x720']],
    ['smaller than both', 640, 360, ['360p 640x360']],
    ['standing upright', 1080, 1920, ['1080p 1080x1920', '720p 720x1280']],
    ['very wide', 2560, 1080, ['1080p 2560x1080', '720p 1706x720']],
    ['as small as can be', 1, 1, ['2p 2x2']],
  ])('%s', (_, width, height, expected) => {
    expect(namesOf(width, height, false)).toEqual(expected);
  });

  it('are all made when upscaling is asked for', () => {
    expect(namesOf(640, 360, true)).toEqual(['1080p 1920x1080', '720p 1280x720']);
    expect(planRenditions({ width: 640, height: 360 }, true).skipped).toEqual([]);
  });

  it('that are left out are named with the reason', () => {
    expect(planRenditions({ width: 1280, height: 720 }, false).skipped).toEqual([
      { what: '1080p', why: 'the source has 720 lines, and nothing is upscaled' },
    ]);
  });

  it('have even sizes whatever the source', () => {
    for (let height = 700; height < 1300; height += 7) {
      for (const rendition of planRenditions({ width: 1777, height }, false).renditions) {
        expect([rendition.width % 2, rendition.height % 2]).toEqual([0, 0]);
      }
    }
  });
});
