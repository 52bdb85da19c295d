export const region = 'us-east-2';
export const bucket = 'films';
export const queueArn = `arn:aws:sqs:${region}:000000000000:tasks`;
export const topicArn = `arn:aws:sns:${region}:000000000000:uploads`;
export const alarmArn = `arn:aws:cloudwatch:${region}:000000000000:alarm:backlog`;

/** A policy of these statements, as JSON. */
export function policy(...statements: object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

export function allow(Action: string | string[], Resource: string, more: object = {}): object {
  return { Effect: 'Allow', Action, Resource, ...more };
}

/** What the worker may do at the beginning of a test. */
export const work = allow(['s3:GetObject', 's3:DeleteObject'], `arn:aws:s3:::${bucket}/uploads/*`, {
  Sid: 'Take',
});
export const results = allow(['s3:PutObject'], `arn:aws:s3:::${bucket}/processed/*`, { Sid: 'Put' });
export const receive = allow('sqs:ReceiveMessage', queueArn, { Sid: 'Receive' });
