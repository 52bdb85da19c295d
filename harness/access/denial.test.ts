import type { Call } from '../edge/call';
import { denialOf, denied } from './denial';

const call = (service: string, headers: Call['headers'] = {}): Call => ({
  service,
  headers,
  action: undefined,
  method: 'POST',
  path: '/',
  accessKeyId: 'KEY',
});
const json = { 'x-amz-target': 'AmazonSQS.SendMessage' };

it('a denial of what IAM does not know says so', () => {
  const principal = { kind: 'role', arn: 'arn:of:a', roleName: 'a', userId: 'a' } as const;
  const requirement = { action: 'autoscaling:DescribePolicies', resource: 'arn:of:b' };
  expect(denialOf(principal, requirement, undefined)).toEqual({
    principal: 'arn:of:a',
    ...requirement,
    message:
      'User: arn:of:a is not authorized to perform: autoscaling:DescribePolicies on resource: arn:of:b because IAM does not know this action on such a resource',
  });
});

describe('a denied call', () => {
  it.each<[string, string, Call, number, string]>([
    ['s3', 's3:GetObject', call('s3'), 403, '<Code>AccessDenied</Code>'],
    ['s3', 'kms:Decrypt', call('s3'), 403, '<Code>AccessDenied</Code>'],
    ['sqs in JSON', 'sqs:SendMessage', call('sqs', json), 400, '"__type":"AccessDeniedException"'],
    ['sqs in JSON', 'kms:GenerateDataKey', call('sqs', json), 400, '"__type":"KmsAccessDenied"'],
    ['sqs as a form', 'sqs:SendMessage', call('sqs'), 403, '<Code>AccessDenied</Code>'],
    ['sqs as a form', 'kms:GenerateDataKey', call('sqs'), 400, '<Code>KMS.AccessDeniedException</Code>'],
    ['sns', 'sns:Publish', call('sns'), 403, '<Code>AuthorizationError</Code>'],
    ['sns', 'kms:GenerateDataKey', call('sns'), 400, '<Code>KMSAccessDenied</Code>'],
    ['kms', 'kms:Decrypt', call('kms', json), 400, '"__type":"AccessDeniedException"'],
  ])('of %s for %s is told in the words of the service', (_, action, one, status, code) => {
    const answer = denied(one, { action, message: 'User: a is not authorized' });
    expect(answer.status).toBe(status);
    expect(answer.content).toContain(code);
    expect(answer.content).toContain('User: a is not authorized');
  });

  it('carries the code of the query protocol for SDKs that read it', () => {
    const codeOf = (action: string): string | undefined =>
      denied(call('sqs', json), { action, message: '' }).headers['x-amzn-query-error'];
    expect(codeOf('sqs:SendMessage')).toBe('AccessDenied;Sender');
    expect(codeOf('kms:Decrypt')).toBe('KMS.AccessDeniedException;Sender');
  });
});
