import { NoSuchEntityException } from '@aws-sdk/client-iam';

import { Cache } from './cache';
import { Clients } from './clients';
import { Decisions } from './decisions';
import { Facts } from './facts';
import { Judge } from './judge';
import { ServiceRights } from './service-rights';

it('a service may not assume a role that there is not, and that is listed', async () => {
  const clients = new Clients({ endpoint: 'http://127.0.0.1:9', region: 'us-east-2' });
  clients.iam.send = () => Promise.reject(new NoSuchEntityException({ message: 'not found', $metadata: {} }));
  const cache = new Cache();
  const judge = new Judge(clients, cache, 'us-east-2');
  const decisions = new Decisions(judge);
  const rights = new ServiceRights(decisions, judge, new Facts(clients, cache));
  const roleArn = 'arn:aws:iam::000000000000:role/gone';
  const sender = { kind: 'role', roleArn, assumedBy: 'autoscaling.amazonaws.com' } as const;
  await expect(rights.checkSend(sender, 'arn:aws:sqs:us-east-2:000000000000:hooks')).rejects.toThrow(
    `autoscaling.amazonaws.com may not assume ${roleArn}`,
  );
  expect(decisions.history.denials).toMatchObject([
    { action: 'sts:AssumeRole', resource: roleArn, count: 1 },
  ]);
  clients.close();
});
