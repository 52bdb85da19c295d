import { durationOf, masterPlaylist, subtitlePlaylist, videoCodec, type EncodedRendition } from './hls';

const rendition = (
  name: string,
  width: number,
  height: number,
  codec: string,
  playlist: string,
): EncodedRendition => ({
  rendition: { name, width, height, maxRate: 1 },
  codec,
  playlist,
});
const large = rendition(
  '1080p',
  1920,
  1080,
  'avc1.640028',
  '#EXTINF:4.000000,\n#EXT-X-BYTERANGE:1000@700\na.m4s\n#EXTINF:2.000000,\n#EXT-X-BYTERANGE:2000@1700\na.m4s\n',
);
const small = rendition(
  '720p',
  1280,
  720,
  'avc1.64001f',
  '#EXTINF:4.000000,\n#EXT-X-BYTERANGE:500@700\na.m4s\n',
);

describe('the master playlist', () => {
  it('names each rendition with its size, codecs and bit rates: the peak of a segment, and the average', () => {
    expect(masterPlaylist([large, small], [], true)).toBe(
      [
        '#EXTM3U',
        '#EXT-X-VERSION:7',
        '#EXT-X-INDEPENDENT-SEGMENTS',
        '#EXT-X-STREAM-INF:BANDWIDTH=8000,AVERAGE-BANDWIDTH=4000,RESOLUTION=1920x1080,CODECS="avc1.640028,mp4a.40.2"',
        '1080p.m3u8',
        '#EXT-X-STREAM-INF:BANDWIDTH=1000,AVERAGE-BANDWIDTH=1000,RESOLUTION=1280x720,CODECS="avc1.64001f,mp4a.40.2"',
        '720p.m3u8',
        '',
      ].join('\n'),
    );
  });

  it('offers the subtitles, the first as the default', () => {
    const subtitles = [
      { name: 'subtitles-1-ger', language: 'ger' },
      { name: 'subtitles-srt', language: 'und' },
    ];
    const text = masterPlaylist([small], subtitles, false);
    expect(text).toContain(
      'NAME="1 ger",LANGUAGE="ger",DEFAULT=YES,AUTOSELECT=YES,URI="subtitles-1-ger.m3u8"',
    );
    expect(text).toContain('NAME="2 und",LANGUAGE="und",DEFAULT=NO,AUTOSELECT=YES,URI="subtitles-srt.m3u8"');
    expect(text).toContain('CODECS="avc1.64001f",SUBTITLES="subtitles"\n720p.m3u8');
  });
});

describe('what came out', () => {
  it('has the codec that the beginning of its file says', () => {
    const beginning = Buffer.concat([Buffer.from('....avcC'), Buffer.from([1, 0x64, 0x00, 0x28, 0xff])]);
    expect(videoCodec(beginning)).toBe('avc1.640028');
    expect(videoCodec(Buffer.from('no picture'))).toBeUndefined();
  });

  it('is as long as its segments together', () => {
    expect(durationOf(large.playlist)).toBe(6);
    expect(durationOf('#EXTM3U\n')).toBe(0);
  });
});

describe('the playlist of a subtitle', () => {
  it('is one segment as long as the movie', () => {
    const text = subtitlePlaylist('subtitles-srt', 61.5);
    expect(text).toContain('#EXT-X-TARGETDURATION:62');
    expect(text).toContain('#EXTINF:61.500,\nsubtitles-srt.vtt\n#EXT-X-ENDLIST');
  });
});
