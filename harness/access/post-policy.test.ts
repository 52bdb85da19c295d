import { extraFields } from './post-policy';

const encoded = (document: unknown): string => Buffer.from(JSON.stringify(document)).toString('base64');
const policy = encoded({
  conditions: [
    { bucket: 'films' },
    ['starts-with', '$key', 'uploads/'],
    ['eq', '$Content-Type', 'text/plain'],
    ['content-length-range', 1, 10],
    { 'X-Amz-Date': '20261124T000000Z' },
  ],
});
const form = (...names: string[]): Map<string, string> => new Map(names.map((name) => [name, 'value']));

describe('a form with a policy', () => {
  it('may have the fields that its conditions are about', () => {
    expect(extraFields(policy, form('bucket', 'key', 'content-type', 'x-amz-date'))).toEqual([]);
  });

  it('may have the fields that no policy speaks of', () => {
    expect(extraFields(policy, form('policy', 'x-amz-signature', 'file', 'x-ignore-me'))).toEqual([]);
  });

  it('may have no others', () => {
    expect(extraFields(policy, form('key', 'acl', 'tagging'))).toEqual(['acl', 'tagging']);
  });

  it.each(['', 'no JSON', encoded({}), encoded({ conditions: 'all' })])(
    'may have none where the policy cannot be read: %s',
    (unreadable) => {
      expect(extraFields(unreadable, form('key'))).toEqual(['key']);
    },
  );
});
