import { S3Error } from '../../testing/s3/bucket';
import { processedMovie, startTestBucket, type TestBucket } from '../testing/bucket';
import { findUpload } from './upload-details';

describe('the details of an upload', () => {
  let films: TestBucket;

  beforeEach(async () => {
    films = await startTestBucket();
  });

  afterEach(() => films[Symbol.asyncDispose]());

  it('are none where there is no such upload, only one whose name begins alike', async () => {
    films.put({ 'uploads/a.txt.old': 'x', 'processed/a.txt/manifest.json': '{}' });
    expect(await findUpload(films.store, 'a.txt')).toBeUndefined();
  });

  it('say that it waits', async () => {
    films.put({ 'uploads/a.txt': 'x' });
    expect(await findUpload(films.store, 'a.txt')).toMatchObject({ state: 'waiting', moved: false });
  });

  it('say how far a worker is', async () => {
    films.put({ 'uploads/a.mp4': 'x', 'processed/a.mp4/progress.json': '{"percent":40}' });
    expect(await findUpload(films.store, 'a.mp4')).toMatchObject({ state: 'working', progress: 40 });
  });

  it('list the results of a movie', async () => {
    films.put(processedMovie('a.mp4'));
    expect(await findUpload(films.store, 'a.mp4')).toMatchObject({
      state: 'processed',
      moved: true,
      resultsPrefix: 'a.mp4/0123456789ab/',
      manifest: { kind: 'movie', playlist: 'master.m3u8' },
    });
  });

  it.each([
    ['that is broken', '{'],
    ['of another kind', '{"kind":"song"}'],
    [
      'that speaks of the results of another upload',
      JSON.stringify({
        kind: 'image',
        prefix: 'processed/b.jpg/0123456789ab/',
        width: 1,
        height: 1,
        thumbnail: { file: 'thumbnail.jpg' },
      }),
    ],
    [
      'with a file name that leads elsewhere',
      JSON.stringify({
        kind: 'image',
        prefix: 'processed/a.jpg/0123456789ab/',
        width: 1,
        height: 1,
        thumbnail: { file: '../x.jpg' },
      }),
    ],
  ])('leave out a manifest %s', async (_, manifest) => {
    films.put({ 'processed/a.jpg': 'x', 'processed/a.jpg/manifest.json': manifest });
    expect(await findUpload(films.store, 'a.jpg')).toMatchObject({ state: 'processed', manifest: undefined });
  });

  it('do without what is deleted while they are gathered', async () => {
    films.put({ 'uploads/a.mp4': 'x', 'processed/a.mp4/progress.json': '{"percent":40}' });
    films.server.intercept = ({ operation, key }) => {
      if (operation === 'GetObject') films.bucket.delete(key, undefined);
      return undefined;
    };
    expect(await findUpload(films.store, 'a.mp4')).toMatchObject({ state: 'waiting', progress: undefined });
  });

  it('fail when S3 does', async () => {
    films.put({ 'processed/a.mp4/progress.json': '{"percent":40}', 'uploads/a.mp4': 'x' });
    films.server.intercept = ({ operation }) => {
      if (operation === 'GetObject') throw new S3Error('InternalError', 500);
      return undefined;
    };
    await expect(findUpload(films.store, 'a.mp4')).rejects.toThrow('InternalError');
  });
});
