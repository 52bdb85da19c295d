import { throughSite } from './playlist';

const link = (file: string): string => `/files?name=${file}`;

describe('a playlist', () => {
  it('leads through the site, also in its attributes', () => {
    const playlist = [
      '#EXTM3U',
      '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",URI="subtitles-1-de.m3u8"',
      '#EXT-X-MAP:URI="1080p.m4s",BYTERANGE="800@0"',
      '',
      '1080p.m3u8',
      '',
    ].join('\r\n');
    expect(throughSite(playlist, link)).toBe(
      [
        '#EXTM3U',
        '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",URI="/files?name=subtitles-1-de.m3u8"',
        '#EXT-X-MAP:URI="/files?name=1080p.m4s",BYTERANGE="800@0"',
        '',
        '/files?name=1080p.m3u8',
        '',
      ].join('\n'),
    );
  });

  it.each([
    ['is none', '<html></html>'],
    ['leads to another site', '#EXTM3U\nhttps://elsewhere.example/a.ts\n'],
    ['leads to another folder', '#EXTM3U\n../b.m3u8\n'],
    [
      'leads to another site in an attribute',
      '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="//elsewhere.example/k"\n',
    ],
  ])('is not shown when it %s', (_, playlist) => {
    expect(throughSite(playlist, link)).toBeUndefined();
  });
});
