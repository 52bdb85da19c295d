import { changesRights } from './changes';
import { isExpired } from './presigned';

describe('what changes rights', () => {
  it.each<[string, string | undefined, string, string, boolean]>([
    ['iam', 'PutRolePolicy', 'POST', '/', true],
    ['iam', 'GetRolePolicy', 'POST', '/', false],
    ['sqs', 'SetQueueAttributes', 'POST', '/', true],
    ['sqs', 'ReceiveMessage', 'POST', '/', false],
    ['sns', 'SetTopicAttributes', 'POST', '/', true],
    ['sns', 'Publish', 'POST', '/', false],
    ['kms', 'PutKeyPolicy', 'POST', '/', true],
    ['kms', 'Decrypt', 'POST', '/', false],
    ['autoscaling', 'CreateOrUpdateTags', 'POST', '/', true],
    ['autoscaling', 'SetInstanceProtection', 'POST', '/', false],
    ['ec2', 'RunInstances', 'POST', '/', false],
    ['s3', undefined, 'PUT', '/films?policy', true],
    ['s3', undefined, 'DELETE', '/films/?publicAccessBlock', true],
    ['s3', undefined, 'GET', '/films?policy', false],
    ['s3', undefined, 'PUT', '/films/uploads/a.txt', false],
  ])('%s %s (%s %s): %s', (service, action, method, path, changes) => {
    expect(changesRights({ service, action, method, path })).toBe(changes);
  });
});

describe('a presigned URL', () => {
  const query = new URLSearchParams({ 'X-Amz-Date': '20261125T020000Z', 'X-Amz-Expires': '60' });

  it.each([
    ['is good until its last second', '2026-11-25T02:01:00Z', false],
    ['has expired after it', '2026-11-25T02:01:01Z', true],
  ])('%s', (_, now, expired) => {
    expect(isExpired(query, new Date(now))).toBe(expired);
  });

  it('is only one that carries an expiry', () => {
    expect(isExpired(new URLSearchParams('versionId=1'), new Date())).toBe(false);
  });
});
