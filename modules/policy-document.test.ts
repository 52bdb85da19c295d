import { assumedBy, policyDocument, tlsOnly } from './policy-document';

describe('a policy document', () => {
  it('allows what a statement does not deny', () => {
    expect(
      JSON.parse(
        policyDocument(
          { Sid: 'Read', Action: 's3:GetObject', Resource: 'arn:aws:s3:::films/*' },
          { Sid: 'Keep', Effect: 'Deny', Action: 's3:DeleteObject', Resource: 'arn:aws:s3:::films/*' },
        ),
      ),
    ).toEqual({
      Version: '2012-10-17',
      Statement: [
        { Sid: 'Read', Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::films/*' },
        { Sid: 'Keep', Effect: 'Deny', Action: 's3:DeleteObject', Resource: 'arn:aws:s3:::films/*' },
      ],
    });
  });

  it('denies everyone what does not come over TLS', () => {
    expect(tlsOnly('sqs:*', 'arn:aws:sqs:us-east-2:111122223333:tasks')).toMatchObject({
      Effect: 'Deny',
      Principal: '*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
  });

  it('lets a service, and nobody else, assume a role', () => {
    expect(JSON.parse(assumedBy('ec2.amazonaws.com'))).toMatchObject({
      Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    });
  });
});
