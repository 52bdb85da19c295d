import type { Rendition } from './renditions';

/** A rendition as it came out. */
export interface EncodedRendition {
  readonly rendition: Rendition;
  /** Of its picture, as in RFC 6381: `avc1.640028`. */
  readonly codec: string;
  /** Text of its media playlist. */
  readonly playlist: string;
}

export interface SubtitleTrack {
  readonly name: string;
  readonly language: string;
}

const MEDIA = '#EXT-X-MEDIA:';
const STREAM = '#EXT-X-STREAM-INF:';
/** Attribute of a stream that has subtitles. */
const GROUP = ',SUBTITLES="subtitles"';

/** The master playlist over all renditions and subtitles (RFC 8216); the URIs are relative to it. */
export function masterPlaylist(
  renditions: readonly EncodedRendition[],
  subtitles: readonly SubtitleTrack[],
  hasAudio: boolean,
): string {
  const streams = renditions.map(({ rendition, codec, playlist }) => {
    const { peak, average } = bitRates(playlist);
    const codecs = [codec, ...(hasAudio ? ['mp4a.40.2'] : [])].join(',');
    const attributes = [
      `BANDWIDTH=${peak}`,
      `AVERAGE-BANDWIDTH=${average}`,
      `RESOLUTION=${rendition.width}x${rendition.height}`,
      `CODECS="${codecs}"`,
    ];
    return `${STREAM}${attributes.join(',')}\n${rendition.name}.m3u8`;
  });
  const plain = ['#EXTM3U', '#EXT-X-VERSION:7', '#EXT-X-INDEPENDENT-SEGMENTS', ...streams, ''].join('\n');
  return withSubtitles(plain, subtitles);
}

/** The same master playlist over other subtitles. */
export function withSubtitles(master: string, subtitles: readonly SubtitleTrack[]): string {
  const media = subtitles.map(
    ({ name, language }, i) =>
      `${MEDIA}TYPE=SUBTITLES,GROUP-ID="subtitles",NAME="${i + 1} ${language}",LANGUAGE="${language}",` +
      `DEFAULT=${i === 0 ? 'YES' : 'NO'},AUTOSELECT=YES,URI="${name}.m3u8"`,
  );
  const group = subtitles.length > 0 ? GROUP : '';
  const lines = master.split('\n').filter((line) => !line.startsWith(MEDIA));
  const first = lines.findIndex((line) => line.startsWith(STREAM));
  return lines
    .map((line) => (line.startsWith(STREAM) ? line.replace(GROUP, '') + group : line))
    .toSpliced(first, 0, ...media)
    .join('\n');
}

/** A media playlist whose one segment is the whole WebVTT file. */
export function subtitlePlaylist(name: string, durationSeconds: number): string {
  return [
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    `#EXT-X-TARGETDURATION:${Math.ceil(durationSeconds)}`,
    '#EXT-X-PLAYLIST-TYPE:VOD',
    `#EXTINF:${durationSeconds.toFixed(3)},`,
    `${name}.vtt`,
    '#EXT-X-ENDLIST',
    '',
  ].join('\n');
}

/**
 * The codec of an H.264 picture, from the beginning of its fragmented MP4: `avc1` and the three bytes for profile,
 * constraints and level that follow the version in the box `avcC` (RFC 6381; ISO 14496-15). Undefined where there is none.
 */
export function videoCodec(beginning: Buffer): string | undefined {
  const box = beginning.indexOf('avcC');
  return box === -1 ? undefined : `avc1.${beginning.toString('hex', box + 5, box + 8)}`;
}

/** Length of a media playlist, in seconds. */
export function durationOf(playlist: string): number {
  return segmentsOf(playlist).reduce((sum, { seconds }) => sum + seconds, 0);
}

function segmentsOf(playlist: string): { readonly seconds: number; readonly bits: number }[] {
  return [...playlist.matchAll(/#EXTINF:([\d.]+),\s+#EXT-X-BYTERANGE:(\d+)@/gu)].map(
    ([, seconds, bytes]) => ({ seconds: Number(seconds), bits: Number(bytes) * 8 }),
  );
}

/** Bits per second: of the largest segment, and of all, from the byte ranges that the playlist lists. */
function bitRates(playlist: string): { readonly peak: number; readonly average: number } {
  const segments = segmentsOf(playlist);
  const total = segments.reduce(
    (sum, { seconds, bits }) => ({ seconds: sum.seconds + seconds, bits: sum.bits + bits }),
    {
      seconds: 0,
      bits: 0,
    },
  );
  return {
    peak: Math.ceil(Math.max(0, ...segments.map(({ seconds, bits }) => bits / Math.max(seconds, 0.001)))),
    average: Math.ceil(total.bits / Math.max(total.seconds, 0.001)),
  };
}
