import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import * as z from 'zod';
import type { Logger } from '../instance/logger';
import type { Assets } from './assets';
import { home } from './pages/home';
import { message } from './pages/layout';
import { links } from './pages/links';
import { uploadPage } from './pages/upload';
import { siteOrigin } from './request/origin';
import { logRequests } from './request/request-log';
import { throughSite } from './uploads/playlist';
import type { UploadStore } from './uploads/store';
import { findUpload } from './uploads/upload-details';
import { listUploads } from './uploads/upload-list';

/** Playlists and subtitles of a whole movie are small; the site sends them itself, and nothing larger. */
const MAX_TEXT = 5 * 1024 ** 2;
/** S3's longest key. */
const MAX_NAME = 1024;

export interface AppOptions {
  readonly store: UploadStore;
  readonly assets: Assets;
  readonly uploadsPrefix: string;
  readonly maxUploadBytes: number;
  /** Origin of the bucket, which browsers upload to and load results from. */
  readonly bucketOrigin: string;
  /** False once the load balancer shall send no more. */
  readonly isHealthy: () => boolean;
  readonly log: Logger;
}

const name = z.string().min(1).max(MAX_NAME);

/** The site, as a function of requests. */
export function createApp(options: AppOptions): Hono {
  const { store, assets, uploadsPrefix, maxUploadBytes, bucketOrigin, isHealthy, log } = options;
  const app = new Hono();

  app.use(logRequests(log));
  app.use(headers(bucketOrigin));
  app.use(async (c, next) => {
    await next();
    // The load balancer then uses no connection of this instance again.
    if (!isHealthy()) c.header('connection', 'close');
  });

  // It looks at nothing else: were it to ask S3, a trouble of S3 would make the group replace every instance.
  app.get('/health', (c) => (isHealthy() ? c.json({ status: 'ok' }) : c.json({ status: 'stopping' }, 503)));

  app.get('/assets/:file', (c) => {
    const asset = assets.get(c.req.param('file'));
    if (asset === undefined) return c.notFound();
    c.header('cache-control', 'public, max-age=300');
    return c.body(asset.content, 200, { 'content-type': asset.contentType });
  });

  app.get('/', async (c) => {
    const after = c.req.query('after') ?? '';
    const redirect = new URL('/uploaded', siteOrigin(c.req.header())).href;
    const [form, page] = await Promise.all([store.form(redirect), listUploads(store, after)]);
    return c.html(home({ form, maxUploadBytes, page, older: after !== '' }));
  });

  // S3 sends the browser here after an upload.
  app.get('/uploaded', (c) => {
    const key = c.req.query('key') ?? '';
    return c.redirect(
      key.startsWith(uploadsPrefix) ? links.upload(key.slice(uploadsPrefix.length)) : '/',
      303,
    );
  });

  app.get('/uploads', async (c) => {
    const wanted = name.safeParse(c.req.query('name'));
    const upload = wanted.success ? await findUpload(store, wanted.data) : undefined;
    return upload === undefined ? c.notFound() : c.html(uploadPage(upload));
  });

  app.get('/files', async (c) => {
    const wanted = name.safeParse(c.req.query('name'));
    if (!wanted.success) return c.notFound();
    return c.redirect(
      await store.link(wanted.data, { download: c.req.query('download') !== undefined }),
      302,
    );
  });

  app.get('/text', async (c) => {
    const wanted = name.regex(/\.(?:m3u8|vtt)$/u).safeParse(c.req.query('name'));
    const text = wanted.success ? await store.read(wanted.data, MAX_TEXT) : undefined;
    if (!wanted.success || text === undefined) return c.notFound();
    if (wanted.data.endsWith('.vtt')) return c.body(text, 200, { 'content-type': 'text/vtt; charset=utf-8' });
    const folder = wanted.data.slice(0, wanted.data.lastIndexOf('/') + 1);
    const playlist = throughSite(text, (file) =>
      /\.(?:m3u8|vtt)$/u.test(file) ? links.text(folder + file) : links.file(folder + file),
    );
    if (playlist === undefined) return c.notFound();
    return c.body(playlist, 200, { 'content-type': 'application/vnd.apple.mpegurl' });
  });

  app.notFound((c) => c.html(message('Not found', 'There is no such upload, or it was removed.'), 404));
  app.onError((error, c) => {
    log.error({ err: error, path: c.req.path }, 'a request failed');
    return c.html(message('Something went wrong', 'The site could not answer. Try again in a moment.'), 500);
  });
  return app;
}

/** What a browser may do with the pages: run and show what the site and the bucket send, and nothing else. */
function headers(bucketOrigin: string): ReturnType<typeof secureHeaders> {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      baseUri: ["'none'"],
      connectSrc: ["'self'"],
      formAction: ["'self'", bucketOrigin],
      frameAncestors: ["'none'"],
      imgSrc: ["'self'", bucketOrigin],
      mediaSrc: ["'self'", bucketOrigin],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
    },
    // Whether the site is reached by HTTPS only is up to the load balancer.
    strictTransportSecurity: false,
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    referrerPolicy: 'same-origin',
  });
}
