import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { Construct } from 'constructs';

import { override } from './override';
import { Synthesized } from './testing/synthesized';
import { tiers } from './testing/tiers';

describe('an override', () => {
  it('reaches every resource by its path, whatever construct it stands in', () => {
    const stack = Synthesized.from((scope) => {
      tiers(scope);
      override(scope.node.findChild('network'), 'vpc', 'instance_tenancy', 'dedicated');
      override(scope, 'queue/dead-letter-queue', 'timeouts.create', '5m');
    });
    expect(stack.one('aws_vpc').instance_tenancy).toBe('dedicated');
    expect(stack.one('aws_sqs_queue', { name: 'tasks-dlq' }).timeouts).toEqual({ create: '5m' });
    expect(stack.one('aws_sqs_queue', { name: 'tasks' }).timeouts).toBeUndefined();
  });

  it('refuses a path that leads nowhere, and says which do', () => {
    expect(() =>
      Synthesized.from((stack) => {
        const scope = new Construct(stack, 'scope');
        new SqsQueue(scope, 'one', {});
        new SqsQueue(scope, 'other', {});
        override(scope, 'third', 'name', 'x');
      }),
    ).toThrow('path is "third"; there are: one, other.');
  });
});
