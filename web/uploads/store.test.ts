import { startTestBucket, type TestBucket } from '../testing/bucket';

interface Policy {
  readonly expiration: string;
  readonly conditions: readonly unknown[];
}

describe('what the site signs', () => {
  let films: TestBucket;

  beforeEach(async () => {
    films = await startTestBucket();
  });

  afterEach(() => films[Symbol.asyncDispose]());

  it('lets a form put one file under uploads, of limited size, for an hour, and brings the browser back', async () => {
    const { url, fields } = await films.store.form('http://site/uploaded');
    const policy = JSON.parse(Buffer.from(fields.Policy!, 'base64').toString()) as Policy;
    expect(url).toBe(`${films.server.endpoint}/films`);
    expect(fields.key).toMatch(/^uploads\/\d{13}-[0-9a-f]{12}\/\$\{filename\}$/u);
    expect(policy.conditions).toEqual(
      expect.arrayContaining([
        { bucket: 'films' },
        ['content-length-range', 1, 1000],
        ['starts-with', '$key', fields.key!.replace('${filename}', '')],
        { success_action_redirect: 'http://site/uploaded' },
      ]),
    );
    const seconds = (Date.parse(policy.expiration) - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(3500);
    expect(seconds).toBeLessThanOrEqual(3600);
  });

  it('has another key for each form', async () => {
    const forms = await Promise.all([films.store.form('http://site/'), films.store.form('http://site/')]);
    expect(new Set(forms.map(({ fields }) => fields.key)).size).toBe(2);
  });

  const query = async (name: string, download: boolean): Promise<Record<string, string>> =>
    Object.fromEntries(new URL(await films.store.link(name, { download })).searchParams);

  it('opens a picture in the browser, as a picture', async () => {
    expect(await query('a/b.PNG', false)).toMatchObject({
      'response-content-disposition': 'inline',
      'response-content-type': 'image/png',
    });
  });

  it.each(['page.html', 'picture.svg', 'without-extension'])(
    'only ever offers %s for download',
    async (name) => {
      const { 'response-content-disposition': disposition } = await query(name, false);
      expect(disposition).toBe(`attachment; filename*=UTF-8''${name}`);
    },
  );

  it('names a download safely, whatever the uploader called it', async () => {
    const { 'response-content-disposition': disposition } = await query('a/x"\r\nSet-Cookie: é\'*.png', true);
    expect(disposition).toBe("attachment; filename*=UTF-8''x%22%0D%0ASet-Cookie%3A%20%C3%A9%27%2A.png");
  });

  it('reads no more than it was told', async () => {
    films.put({ 'processed/a.vtt': 'WEBVTT' });
    expect(await films.store.read('a.vtt', 6)).toBe('WEBVTT');
    expect(await films.store.read('a.vtt', 5)).toBeUndefined();
    expect(films.server.calls.filter((call) => call.startsWith('GetObject'))).toHaveLength(1);
  });
});
