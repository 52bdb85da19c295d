import { Body } from '../../testing/s3/body';
import type { MemoryBucket } from '../../testing/s3/bucket';
import { S3Server } from '../../testing/s3/server';
import { UploadStore } from '../uploads/store';

/** The settings that tests give the site. */
export const settings = {
  bucket: 'films',
  uploadsPrefix: 'uploads/',
  processedPrefix: 'processed/',
  maxUploadBytes: 1000,
} as const;

/** An upload bucket in memory, and the site's view of it. */
export interface TestBucket extends AsyncDisposable {
  readonly server: S3Server;
  readonly bucket: MemoryBucket;
  readonly store: UploadStore;
  /** Puts text under whole keys. */
  readonly put: (objects: Readonly<Record<string, string>>) => void;
}

export async function startTestBucket(): Promise<TestBucket> {
  const server = await S3Server.start();
  const bucket = server.createBucket(settings.bucket, { versioned: true });
  const s3 = server.client();
  return {
    server,
    bucket,
    store: new UploadStore({ ...settings, s3 }),
    put(objects) {
      for (const [key, text] of Object.entries(objects)) bucket.put({ key, body: Body.of(text) });
    },
    async [Symbol.asyncDispose]() {
      s3.destroy();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** What the worker leaves of a movie `name`, as keys and texts. */
export function processedMovie(name: string): Record<string, string> {
  const prefix = `processed/${name}/0123456789ab/`;
  const manifest = {
    kind: 'movie',
    source: { key: `uploads/${name}` },
    prefix,
    durationSeconds: 3725,
    renditions: [
      { name: '1080p', width: 1920, height: 1080, file: '1080p.mp4' },
      { name: '720p', width: 1280, height: 720, file: '720p.mp4' },
    ],
    subtitles: [{ language: 'de', file: 'subtitles-1-de.vtt' }],
    playlist: 'master.m3u8',
    poster: 'poster.jpg',
    skipped: [{ what: 'subtitle track 2', why: 'dvd_subtitle holds pictures, which WebVTT cannot' }],
  };
  return {
    [`processed/${name}`]: 'the movie',
    [`${prefix}1080p.mp4`]: 'large',
    [`${prefix}720p.mp4`]: 'small',
    [`${prefix}master.m3u8`]:
      '#EXTM3U\n#EXT-X-MEDIA:TYPE=SUBTITLES,URI="subtitles-1-de.m3u8"\n#EXT-X-STREAM-INF:BANDWIDTH=1\n1080p.m3u8\n',
    [`${prefix}1080p.m3u8`]: '#EXTM3U\n#EXT-X-MAP:URI="1080p.m4s",BYTERANGE="8@0"\n#EXTINF:1,\n1080p.m4s\n',
    [`${prefix}poster.jpg`]: 'a picture',
    [`${prefix}subtitles-1-de.vtt`]: 'WEBVTT\n',
    [`processed/${name}/manifest.json`]: JSON.stringify(manifest),
  };
}
