import path from 'node:path';
import type { Hono } from 'hono';
import { createLogger } from '../instance/logger';
import { S3Error } from '../testing/s3/bucket';
import { createApp } from './app';
import { readAssets } from './assets';
import { processedMovie, settings, startTestBucket, type TestBucket } from './testing/bucket';

describe('the site', () => {
  let films: TestBucket;
  let app: Hono;
  let healthy: boolean;

  beforeEach(async () => {
    films = await startTestBucket();
    healthy = true;
    app = createApp({
      ...settings,
      store: films.store,
      assets: await readAssets(path.join(__dirname, 'assets')),
      bucketOrigin: 'https://films.s3.us-east-2.amazonaws.com',
      isHealthy: () => healthy,
      log: createLogger('silent'),
    });
  });

  afterEach(() => films[Symbol.asyncDispose]());

  const get = async (url: string, headers: Record<string, string> = {}): Promise<Response> =>
    app.request(url, { headers: { host: 'site.example', ...headers } });
  const page = async (url: string): Promise<string> => (await get(url)).text();

  describe('its health', () => {
    it('is good while it runs, whatever S3 does', async () => {
      films.server.intercept = () => {
        throw new S3Error('ServiceUnavailable', 503);
      };
      expect((await get('/health')).status).toBe(200);
    });

    it('is bad once it stops, and connections are not used again', async () => {
      healthy = false;
      const response = await get('/health');
      expect(response.status).toBe(503);
      expect(response.headers.get('connection')).toBe('close');
      expect((await get('/')).status).toBe(200);
    });
  });

  describe('its form', () => {
    const redirect = async (headers: Record<string, string>): Promise<string | undefined> =>
      /name="success_action_redirect" value="([^"]*)"/u.exec(await (await get('/', headers)).text())?.[1];

    it('goes to the bucket, and comes back to where the browser is', async () => {
      expect(await page('/')).toContain(`action="${films.server.endpoint}/films"`);
      expect(await redirect({})).toBe('http://site.example/uploaded');
      expect(await redirect({ 'x-forwarded-proto': 'https' })).toBe('https://site.example/uploaded');
    });

    it('comes back to no host that is none', async () => {
      expect(await redirect({ host: 'evil/"><script>' })).toBe('http://localhost/uploaded');
    });

    it('has the file as its last field, since S3 reads none behind it', async () => {
      const inputs = [...(await page('/')).matchAll(/<input[^>]*name="([^"]+)"/gu)].map(([, name]) => name);
      expect(inputs).toEqual(expect.arrayContaining(['key', 'Policy', 'X-Amz-Signature']));
      expect(inputs.at(-1)).toBe('file');
    });

    it('leads to the page of what was uploaded', async () => {
      const response = await get('/uploaded?bucket=films&key=uploads%2F1%2Fa+b%26.txt&etag=%22x%22');
      expect(response.status).toBe(303);
      expect(response.headers.get('location')).toBe('/uploads?name=1%2Fa%20b%26.txt');
    });

    it.each(['/uploaded', '/uploaded?key=processed%2Fa.txt', '/uploaded?key=https://elsewhere.example/'])(
      'leads home from %s, and nowhere else',
      async (url) => {
        expect((await get(url)).headers.get('location')).toBe('/');
      },
    );
  });

  describe('its pages', () => {
    it('say what waits, and load themselves again until it is processed', async () => {
      films.put({ 'uploads/a.txt': 'x', 'processed/b.txt': 'x' });
      const waiting = await page('/');
      expect(waiting).toContain('1 of 2 not processed yet');
      expect(waiting).toContain('http-equiv="refresh"');
      films.bucket.delete('uploads/a.txt', undefined);
      const done = await page('/');
      expect(done).toContain('all processed');
      expect(done).not.toContain('http-equiv="refresh"');
    });

    it('lead to older uploads, and back', async () => {
      for (let i = 1000; i < 1301; i += 1) films.put({ [`processed/${i}.txt`]: 'x' });
      const next = /href="(\/\?after=[^"]+)"/u.exec(await page('/'))?.[1];
      const older = await page(next!);
      expect(older).toContain('1300.txt');
      expect(older).not.toContain('type="file"');
      expect(older).toContain('<a href="/">Newest uploads</a>');
    });

    it.each(['/', '/uploads?name='])('show hostile names at %s as text', async (url) => {
      const name = '"><script>alert(1)</script>\'&.png';
      films.put({ [`processed/${name}`]: 'x' });
      const text = await page(url === '/' ? url : url + encodeURIComponent(name));
      expect(text).not.toContain('<script>');
      expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    });

    it('play a movie', async () => {
      films.put(processedMovie('a b.mp4'));
      const text = await page('/uploads?name=a%20b.mp4');
      expect(text).toContain('src="/files?name=a%20b.mp4%2F0123456789ab%2F1080p.mp4"');
      expect(text).toContain('src="/text?name=a%20b.mp4%2F0123456789ab%2Fmaster.m3u8"');
      expect(text).toMatch(/srclang="de"\s+label="German"/u);
      expect(text).toContain('poster="/files?name=a%20b.mp4%2F0123456789ab%2Fposter.jpg"');
      expect(text).toContain('1:02:05');
      expect(text).toContain('dvd_subtitle holds pictures');
    });

    it('show how far a movie is', async () => {
      films.put({ 'uploads/a.mp4': 'x', 'processed/a.mp4/progress.json': '{"percent":40}' });
      expect(await page('/uploads?name=a.mp4')).toMatch(/<progress max="100" value="40"/u);
    });

    it('show the thumbnail of a picture', async () => {
      const manifest = {
        kind: 'image',
        prefix: 'processed/a.png/0123456789ab/',
        width: 640,
        height: 480,
        thumbnail: { file: 'thumbnail.jpg', width: 320, height: 240 },
      };
      films.put({ 'processed/a.png': 'x', 'processed/a.png/manifest.json': JSON.stringify(manifest) });
      const text = await page('/uploads?name=a.png');
      expect(text).toContain('src="/files?name=a.png%2F0123456789ab%2Fthumbnail.jpg"');
      expect(text).toContain('640 × 480 pixels');
    });

    it.each([
      '/uploads',
      '/uploads?name=',
      '/uploads?name=nothing',
      `/uploads?name=${'x'.repeat(1025)}`,
      '/x',
    ])('are not found at %s', async (url) => {
      const response = await get(url);
      expect(response.status).toBe(404);
      expect(await response.text()).toContain('There is no such upload');
    });

    it('say that something went wrong, and not what', async () => {
      films.server.intercept = () => {
        throw new S3Error('AccessDenied', 403, 'arn:aws:iam::111122223333:role/web is not authorized');
      };
      const response = await get('/');
      expect(response.status).toBe(500);
      expect(await response.text()).not.toContain('arn:');
    });
  });

  describe('its files', () => {
    it('are loaded from the bucket itself', async () => {
      const response = await get('/files?name=a%2Fposter.jpg');
      expect(response.status).toBe(302);
      const location = new URL(response.headers.get('location')!);
      expect(location.origin + location.pathname).toBe(
        `${films.server.endpoint}/films/processed/a/poster.jpg`,
      );
      expect(location.searchParams.get('response-content-disposition')).toBe('inline');
    });

    it('are downloaded where asked for', async () => {
      const { headers } = await get('/files?download&name=a%2Fposter.jpg');
      expect(headers.get('location')).toContain('attachment');
    });

    it('stay under processed/, whatever the name', async () => {
      const { headers } = await get('/files?name=..%2Fuploads%2Fa.txt');
      expect(headers.get('location')).toContain('/films/processed/../uploads/a.txt?');
    });

    it('have playlists that lead through the site', async () => {
      films.put(processedMovie('a.mp4'));
      const response = await get('/text?name=a.mp4%2F0123456789ab%2Fmaster.m3u8');
      expect(response.headers.get('content-type')).toBe('application/vnd.apple.mpegurl');
      const text = await response.text();
      expect(text).toContain('\n/text?name=a.mp4%2F0123456789ab%2F1080p.m3u8\n');
      expect(text).toContain('URI="/text?name=a.mp4%2F0123456789ab%2Fsubtitles-1-de.m3u8"');
      expect(await page('/text?name=a.mp4%2F0123456789ab%2F1080p.m3u8')).toContain(
        '\n/files?name=a.mp4%2F0123456789ab%2F1080p.m4s\n',
      );
    });

    it('have subtitles that the site sends itself', async () => {
      films.put(processedMovie('a.mp4'));
      const response = await get('/text?name=a.mp4%2F0123456789ab%2Fsubtitles-1-de.vtt');
      expect(response.headers.get('content-type')).toBe('text/vtt; charset=utf-8');
      expect(await response.text()).toBe('WEBVTT\n');
    });

    it.each(['a.txt', 'playlist.m3u8', 'nothing.vtt'])('send %s to nobody', async (name) => {
      films.put({ 'processed/a.txt': 'secret', 'processed/playlist.m3u8': '<html>' });
      expect((await get(`/text?name=${name}`)).status).toBe(404);
    });

    it('have its own style, script and icon, and nothing else', async () => {
      expect((await get('/assets/site.css')).headers.get('content-type')).toBe('text/css; charset=utf-8');
      expect((await get('/assets/site.js')).headers.get('content-type')).toBe(
        'text/javascript; charset=utf-8',
      );
      expect((await get('/assets/..%2Fapp.ts')).status).toBe(404);
    });
  });

  it.each(['/', '/uploads?name=nothing', '/health'])(
    'lets the browser run nothing but its own script at %s',
    async (url) => {
      const { headers } = await get(url);
      const policy = headers.get('content-security-policy');
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain("form-action 'self' https://films.s3.us-east-2.amazonaws.com");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    },
  );
});
