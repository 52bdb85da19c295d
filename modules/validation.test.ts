import {
  type Problem,
  ValidationError,
  bucketNameProblems,
  encryptionKeyProblems,
  groupSizeProblems,
  prefixProblems,
  queueNameProblems,
  refuse,
  thresholdProblems,
  visibilityTimeoutProblems,
  zoneProblems,
} from './validation';

const bucket = (name: string): Problem[] => bucketNameProblems('bucketName', name);
const queue = (name: string): Problem[] => queueNameProblems('queueName', name);
const threshold = (given: number): Problem[] => thresholdProblems('scaleOutThreshold', given);
const prefixes = (uploadsPrefix: string, processedPrefix = 'processed/'): Problem[] =>
  prefixProblems({ uploadsPrefix, processedPrefix });
const size = (minSize: number, desiredCapacity: number, maxSize: number): Problem[] =>
  groupSizeProblems({ minSize, desiredCapacity, maxSize });
const zones = (...names: string[]): Problem[] => zoneProblems('us-east-2', names);

describe('what is taken', () => {
  it.each<[string, Problem[]]>([
    ['the shortest bucket name', bucket('abc')],
    ['the longest bucket name', bucket('a'.repeat(63))],
    ["a bucket name that is another resource's", bucket('${TfToken[TOKEN.7]}')],
    ['a bucket name with dots and hyphens', bucket('my.films-2')],
    ["a queue name that is another resource's", queue('${TfToken[TOKEN.7]}')],
    ["a key that is another resource's", encryptionKeyProblems('${TfToken[TOKEN.7]}')],
    ['a local zone', zones('us-east-2a', 'us-east-2-chi-1a')],
    ['a queue name of all kinds of characters', queue('Tasks_of-2026')],
    ['the longest queue name that leaves room for its dead-letter queues', queue('q'.repeat(68))],
    ['a prefix of several folders', prefixes('in/new films/')],
    ['a prefix that only begins like the other', prefixes('processed-later/')],
    ['a prefix of one character', prefixes('u/')],
    ['a group of one size', size(2, 2, 2)],
    ['an empty group', size(0, 0, 0)],
    ['a threshold of 0', threshold(0)],
    ['the shortest visibility timeout', visibilityTimeoutProblems(1)],
    ['the longest visibility timeout', visibilityTimeoutProblems(43_200)],
    ['two zones', zones('us-east-2a', 'us-east-2c')],
  ])('is %s', (_, problems) => {
    expect(problems).toEqual([]);
  });
});

describe('what is refused', () => {
  it.each<[string, Problem[], string]>([
    ['a bucket name of 2 characters', bucket('ab'), '3 to 63'],
    ['a bucket name of 64 characters', bucket('a'.repeat(64)), '3 to 63'],
    ['capitals in a bucket name', bucket('Films'), 'lowercase'],
    ['an underscore in a bucket name', bucket('my_films'), 'lowercase'],
    ['a hyphen at the end of a bucket name', bucket('films-'), 'both ends'],
    ['a dot at the start of a bucket name', bucket('.films'), 'both ends'],
    ['two dots in a row', bucket('my..films'), 'two dots'],
    ['a bucket name like an IP address', bucket('192.168.5.4'), 'IP address'],
    ['a reserved beginning', bucket('xn--films'), 'reserves'],
    ['a reserved ending', bucket('films-s3alias'), 'reserves'],
    ['a FIFO queue', queue('tasks.fifo'), 'FIFO'],
    ['a dot in a queue name', queue('my.tasks'), 'letters, digits, hyphens and underscores'],
    ['a queue name without room for its dead-letter queues', queue('q'.repeat(69)), 'up to 68'],
    ['an empty queue name', queue(''), 'up to 68'],
    ['a prefix without a slash at its end', prefixes('uploads'), 'ends with one "/"'],
    ['a prefix with a slash at its start', prefixes('/uploads/'), 'does not begin'],
    ['an empty prefix', prefixes(''), 'ends with one "/"'],
    ['two slashes in a row', prefixes('uploads//'), 'ends with one "/"'],
    ['a control character in a prefix', prefixes('up\nloads/'), 'ends with one "/"'],
    ['equal prefixes', prefixes('processed/'), 'lie outside'],
    ['results inside the uploads', prefixes('all/', 'all/processed/'), 'lie outside'],
    ['uploads inside the results', prefixes('processed/new/'), 'lie outside'],
    ['min above desired', size(3, 2, 4), 'must not exceed desiredCapacity (2)'],
    ['desired above max', size(2, 5, 4), 'must not exceed maxSize (4)'],
    ['a negative size', size(-1, 2, 4), 'whole number'],
    ['half an instance', size(1, 1.5, 4), 'whole number'],
    ['a negative threshold', threshold(-1), '0 or more'],
    ['half a message', threshold(0.5), 'whole number'],
    ['no visibility timeout', visibilityTimeoutProblems(0), '1 to 43200'],
    ['a visibility timeout beyond 12 hours', visibilityTimeoutProblems(43_201), '1 to 43200'],
    ['a single zone', zones('us-east-2a'), 'at least 2'],
    ['the same zone twice', zones('us-east-2a', 'us-east-2a'), 'once'],
    ['a zone of another region', zones('us-east-2a', 'eu-west-1a'), 'eu-west-1a is no zone'],
    ['a zone of a similar region', zones('us-east-2a', 'us-east-21a'), 'us-east-21a is no zone'],
    [
      'more zones than a network has room for',
      zones(...Array.from('abcdefghi', (zone) => `us-east-2${zone}`)),
      'up to 8',
    ],
    ['an alias in place of a key', encryptionKeyProblems('alias/films'), 'the ARN of a key'],
  ])('is %s', (_, problems, allowed) => {
    expect(problems).toHaveLength(1);
    expect(problems[0]!.allowed).toContain(allowed);
  });
});

describe('refuse', () => {
  it('says the field, what was given and what is allowed', () => {
    const attempt = (): void => {
      refuse([{ field: 'maxSize', given: '4', allowed: 'it must be a number.' }]);
    };
    expect(attempt).toThrow(ValidationError);
    expect(attempt).toThrow('maxSize is "4"; it must be a number.');
  });

  it('refuses nothing where there is no problem', () => {
    expect(() => {
      refuse([]);
    }).not.toThrow();
  });
});
