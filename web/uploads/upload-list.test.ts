import { processedMovie, startTestBucket, type TestBucket } from '../testing/bucket';
import { listUploads, type UploadPage } from './upload-list';

describe('the list of uploads', () => {
  let films: TestBucket;

  beforeEach(async () => {
    films = await startTestBucket();
  });

  afterEach(() => films[Symbol.asyncDispose]());

  const names = ({ uploads }: UploadPage): string[] => uploads.map(({ name }) => name);

  it('is empty for an empty bucket', async () => {
    expect(await listUploads(films.store, '')).toEqual({ uploads: [], next: undefined });
  });

  it('tells what waits from what is processed', async () => {
    films.put({ 'uploads/b.txt': 'new', 'processed/a.txt': 'old' });
    expect((await listUploads(films.store, '')).uploads).toMatchObject([
      { name: 'a.txt', state: 'processed', size: 3 },
      { name: 'b.txt', state: 'waiting', size: 3 },
    ]);
  });

  it('shows a movie once, with its poster', async () => {
    films.put(processedMovie('a.mp4'));
    expect((await listUploads(films.store, '')).uploads).toMatchObject([
      { name: 'a.mp4', state: 'processed', picture: 'a.mp4/0123456789ab/poster.jpg' },
    ]);
  });

  it('takes the folder of an attempt for what it is', async () => {
    films.put({ 'processed/a.mp4': 'x', 'processed/a.mp4/0123456789ab-01234567/poster.jpg': 'x' });
    expect((await listUploads(films.store, '')).uploads).toMatchObject([
      { name: 'a.mp4', state: 'processed', picture: 'a.mp4/0123456789ab-01234567/poster.jpg' },
    ]);
  });

  it('says that a worker is on it, once there is progress', async () => {
    films.put({ 'uploads/a.mp4': 'the movie', 'processed/a.mp4/progress.json': '{"percent":40}' });
    expect((await listUploads(films.store, '')).uploads).toMatchObject([{ name: 'a.mp4', state: 'working' }]);
  });

  it('shows a newer upload of a processed one as waiting', async () => {
    films.put({ 'uploads/a.txt': 'newer', 'processed/a.txt': 'old' });
    expect((await listUploads(films.store, '')).uploads).toMatchObject([
      { name: 'a.txt', state: 'waiting', size: 5 },
    ]);
  });

  it('takes a file of the name of a result for what it is where there is no upload that it belongs to', async () => {
    films.put({ 'processed/docs/manifest.json': '{}' });
    expect(names(await listUploads(films.store, ''))).toEqual(['docs/manifest.json']);
  });

  it.each(['a+b c é.txt', '../../etc/passwd', 'line\nbreak', 'bell\u0007', '<b>&"\'', '🎬'])(
    'knows the name %j',
    async (name) => {
      films.put({ [`processed/${name}`]: 'x' });
      expect(names(await listUploads(films.store, ''))).toEqual([name]);
    },
  );

  it('comes in pages that neither lose nor repeat an upload, nor split one from its results', async () => {
    const movies = Array.from({ length: 100 }, (_, i) => `movie-${String(i).padStart(3, '0')}.mp4`);
    const texts = Array.from({ length: 400 }, (_, i) => `text-${String(i).padStart(3, '0')}.txt`);
    for (const name of movies) films.put(processedMovie(name));
    for (const name of texts) films.put({ [`uploads/${name}`]: 'x' });
    const seen: UploadPage['uploads'][number][] = [];
    let pages = 0;
    for (let after: string | undefined = ''; after !== undefined; pages += 1) {
      const page: UploadPage = await listUploads(films.store, after);
      seen.push(...page.uploads);
      after = page.next;
    }
    expect(pages).toBeGreaterThan(3);
    expect(seen.map(({ name }) => name)).toEqual([...movies, ...texts]);
    expect(seen.filter(({ picture }) => picture !== undefined)).toHaveLength(movies.length);
  });
});
