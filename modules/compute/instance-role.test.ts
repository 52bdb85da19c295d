import type { PolicyStatement } from '../policy-document';
import { Synthesized, statements } from '../testing/synthesized';
import { InstanceRole } from './instance-role';

const read: PolicyStatement = { Sid: 'Read', Action: 's3:GetObject', Resource: 'arn:aws:s3:::films/*' };

const synthesize = (...granted: readonly PolicyStatement[]): Synthesized<InstanceRole> =>
  Synthesized.from((scope) => {
    const role = new InstanceRole(scope, 'role', { roleName: 'workers' });
    role.grant(...granted);
    return role;
  });

describe('the role of instances', () => {
  it('is for EC2 instances only', () => {
    expect(statements(synthesize(read).one('aws_iam_role').assume_role_policy)).toEqual({
      Assume: {
        Sid: 'Assume',
        Effect: 'Allow',
        Principal: { Service: 'ec2.amazonaws.com' },
        Action: 'sts:AssumeRole',
      },
    });
  });

  it('has Session Manager in place of SSH', () => {
    expect(synthesize(read).one('aws_iam_role_policy_attachment').policy_arn).toBe(
      'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore',
    );
  });

  it('may do what it was granted, also after it was made', () => {
    expect(statements(synthesize(read).one('aws_iam_role_policy').policy)).toEqual({
      Read: { ...read, Effect: 'Allow' },
    });
  });

  it('takes the same grant twice as one', () => {
    const policy = JSON.parse(String(synthesize(read, read).one('aws_iam_role_policy').policy)) as {
      Statement: unknown[];
    };
    expect(policy.Statement).toHaveLength(1);
  });

  it('refuses two statements of one name', () => {
    expect(() => synthesize(read, { ...read, Action: 's3:PutObject' })).toThrow(
      'Sid is "Read"; the role has another statement of this name.',
    );
  });
});
