import { type Grant, describeGrants, grantsOf, isPublic, without } from './policy';

const policy = (...statements: unknown[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });
const grants = (...statements: unknown[]): Grant[] => grantsOf(policy(...statements)) ?? [];
const read = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::films/*' };

describe('a policy document', () => {
  it('grants each action of each principal on each resource', () => {
    const statement = {
      Effect: 'Allow',
      Principal: { AWS: ['111122223333', '444455556666'], Service: 'sns.amazonaws.com' },
      Action: ['sqs:SendMessage', 'sqs:ReceiveMessage'],
      Resource: 'arn:aws:sqs:us-east-2:111122223333:tasks',
    };
    expect(grants(statement)).toHaveLength(6);
    expect(new Set(grants(statement).map(({ principal }) => principal))).toEqual(
      new Set(['111122223333', '444455556666', 'sns.amazonaws.com']),
    );
  });

  it('may hold one statement without a list', () => {
    expect(grantsOf(JSON.stringify({ Statement: read }))).toHaveLength(1);
  });

  it.each([['${jsonencode({})}'], ['{"Statement":[{"Effect":"Perhaps"}]}']])(
    'cannot be read of %s',
    (text) => {
      expect(grantsOf(text)).toBeUndefined();
    },
  );

  it('grants nothing where there is none', () => {
    expect(grantsOf('')).toEqual([]);
  });
});

describe('comparing grants', () => {
  it('finds nothing new in the same statements in another order or form', () => {
    const one = grants(read, { ...read, Action: ['s3:PutObject', 's3:DeleteObject'] });
    const other = grants({ ...read, Action: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'] });
    expect(without(one, other)).toEqual([]);
    expect(without(other, one)).toEqual([]);
  });

  it.each<[string, object]>([
    ['a wider action', { Action: 's3:Get*' }],
    ['a wider action in other letter cases', { Action: 'S3:getobject*' }],
    ['a wider resource', { Resource: 'arn:aws:s3:::*' }],
  ])('takes a grant as covered by %s, and not the other way round', (_, wider) => {
    const narrow = grants(read);
    const wide = grants({ ...read, ...wider });
    expect(without(narrow, wide)).toEqual([]);
    expect(without(wide, narrow)).toEqual(wide);
  });

  it('takes a conditional grant as covered by the same without a condition, and not the other way round', () => {
    const conditional = grants({ ...read, Condition: { Bool: { 'aws:SecureTransport': 'true' } } });
    expect(without(conditional, grants(read))).toEqual([]);
    expect(without(grants(read), conditional)).toHaveLength(1);
  });

  it('takes no Deny for an Allow', () => {
    expect(without(grants({ ...read, Effect: 'Deny' }), grants(read))).toHaveLength(1);
  });
});

describe('a public grant', () => {
  const everyone = { ...read, Principal: '*' };

  it.each<[string, object, boolean]>([
    ['everyone may', everyone, true],
    ['everyone may, in the other form', { ...read, Principal: { AWS: '*' } }, true],
    [
      'everyone may by TLS only',
      { ...everyone, Condition: { Bool: { 'aws:SecureTransport': 'true' } } },
      true,
    ],
    ['everyone may not', { ...everyone, Effect: 'Deny' }, false],
    ['an account may', { ...read, Principal: { AWS: '111122223333' } }, false],
    [
      'everyone of one account may',
      { ...everyone, Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } } },
      false,
    ],
    [
      'everyone from some addresses may',
      { ...everyone, Condition: { IpAddress: { 'aws:SourceIp': ['192.0.2.0/24'] } } },
      false,
    ],
    [
      'everyone from everywhere may',
      { ...everyone, Condition: { IpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '0.0.0.0/0'] } } },
      true,
    ],
    [
      'everyone but an account may, by a condition',
      { ...everyone, Condition: { StringNotEquals: { 'aws:PrincipalAccount': '111122223333' } } },
      true,
    ],
    [
      'everyone whose account is that or who has none may',
      { ...everyone, Condition: { StringEqualsIfExists: { 'aws:PrincipalAccount': '111122223333' } } },
      true,
    ],
    ['everything may', { ...everyone, Condition: { StringLike: { 'aws:SourceArn': '*' } } }, true],
    ['everyone but an account may', { ...read, NotPrincipal: { AWS: '111122223333' } }, true],
  ])('is one where %s: %#', (_, statement, expected) => {
    expect(grants(statement).map(isPublic)).toEqual([expected]);
  });
});

describe('telling grants', () => {
  it('takes those together that differ only in the action, and names what a reference refers to', () => {
    const statement = {
      Effect: 'Allow',
      Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage'],
      Resource: '${aws_sqs_queue.tasks.arn}',
    };
    expect(describeGrants(grants(statement, read))).toEqual([
      'may sqs:ReceiveMessage, sqs:DeleteMessage on aws_sqs_queue.tasks',
      'may s3:GetObject on arn:aws:s3:::films/*',
    ]);
  });
});
