import { type NotificationFilters, keyFilters, notificationProblems } from './notification-filters';

describe('the filters of a notification', () => {
  it('take all uploads', () => {
    expect(keyFilters('uploads/', {})).toEqual([{ filterPrefix: 'uploads/' }]);
  });

  it('take each suffix in lower and in upper case, since S3 tells them apart', () => {
    expect(keyFilters('uploads/', { notificationSuffixes: ['.mp4', '.MOV', '.7'] })).toEqual([
      { filterPrefix: 'uploads/', filterSuffix: '.mp4' },
      { filterPrefix: 'uploads/', filterSuffix: '.MP4' },
      { filterPrefix: 'uploads/', filterSuffix: '.mov' },
      { filterPrefix: 'uploads/', filterSuffix: '.MOV' },
      { filterPrefix: 'uploads/', filterSuffix: '.7' },
    ]);
  });

  it('take every prefix with every suffix', () => {
    const filters = keyFilters('uploads/', {
      notificationPrefixes: ['uploads/films/', 'uploads/photos/'],
      notificationSuffixes: ['.mp4'],
    });
    expect(filters.map(({ filterPrefix, filterSuffix }) => [filterPrefix, filterSuffix])).toEqual([
      ['uploads/films/', '.mp4'],
      ['uploads/films/', '.MP4'],
      ['uploads/photos/', '.mp4'],
      ['uploads/photos/', '.MP4'],
    ]);
  });

  const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `.x${index}y`);

  it.each<[string, NotificationFilters]>([
    ['nothing said', {}],
    ['neighbouring folders', { notificationPrefixes: ['uploads/a/', 'uploads/b/'] }],
    ['endings of which none ends like another', { notificationSuffixes: ['.mp4', '.mov', '.tar.gz'] }],
    ['100 filters', { notificationSuffixes: numbered(50) }],
  ])('may be %s', (_, filters) => {
    expect(notificationProblems('uploads/', filters)).toEqual([]);
  });

  it.each<[string, NotificationFilters, string, string]>([
    ['no prefix at all', { notificationPrefixes: [] }, 'notificationPrefixes', 'name at least one prefix'],
    ['no suffix at all', { notificationSuffixes: [] }, 'notificationSuffixes', 'name at least one suffix'],
    ['an empty suffix', { notificationSuffixes: [''] }, 'notificationSuffixes', 'name at least one suffix'],
    [
      'a prefix outside of the uploads',
      { notificationPrefixes: ['uploads/a/', 'elsewhere/'] },
      'notificationPrefixes',
      'elsewhere/ lies outside uploadsPrefix ("uploads/")',
    ],
    [
      'a prefix inside another',
      { notificationPrefixes: ['uploads/a/b/', 'uploads/a/'] },
      'notificationPrefixes',
      '"uploads/a/b/" overlaps "uploads/a/", and S3 refuses filters that overlap',
    ],
    [
      'a suffix that ends like another',
      { notificationSuffixes: ['.gz', '.tar.gz'] },
      'notificationSuffixes',
      '".tar.gz" overlaps ".gz"',
    ],
    [
      'one suffix in two letter cases',
      { notificationSuffixes: ['.mp4', '.MP4'] },
      'notificationSuffixes',
      '".mp4" overlaps ".mp4"',
    ],
    ['more than 100', { notificationSuffixes: numbered(51) }, 'notificationSuffixes', '102 filters'],
  ])('may not be %s', (_, filters, field, allowed) => {
    expect(notificationProblems('uploads/', filters)).toEqual([
      expect.objectContaining({ field, allowed: expect.stringContaining(allowed) as string }),
    ]);
  });
});
