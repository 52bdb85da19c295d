import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { speakBy } from '../testing/rehearsal';
import { SqsError } from '../testing/sqs-queue';
import { SqsServer } from '../testing/sqs-server';
import { until } from '../testing/until';
import { leanApi } from './lean-api';

// Everything that the consumer does by the SDK's client, it does by the lean one: the same tests again.
speakBy('lean');
import './consumer.test';
import './failures.test';
import './fifo.test';
import './leases.test';
import './stop.test';

it('asks for new credentials when SQS no longer takes those it has, although they have not expired', async () => {
  await using server = await SqsServer.start();
  const queue = server.createQueue('tasks');
  const keys: string[] = [];
  server.intercept = ({ accessKeyId }) => {
    keys.push(accessKeyId);
    return accessKeyId === 'old' ? Promise.reject(new SqsError('ExpiredToken', 'expired', 403)) : undefined;
  };
  const api = leanApi({
    region: 'us-east-2',
    endpoint: server.endpoint,
    credentials: (options) =>
      Promise.resolve({
        accessKeyId: options?.forceRefresh === true ? 'new' : 'old',
        secretAccessKey: 'secret',
      }),
  });
  const input = { QueueUrl: queue.url, MessageBody: 'x' };
  await expect(api.sendMessage(input)).rejects.toMatchObject({ name: 'ExpiredToken' });
  await api.sendMessage(input);
  api.close();
  expect(keys).toEqual(['old', 'new']);
});

it('takes what SQS has begun to hand out when it is aborted', async () => {
  const stop = new AbortController();
  const http = createServer((request, response) => {
    request.resume();
    response.writeHead(200).write('{"Messages":');
    stop.signal.addEventListener('abort', () => response.end('[]}'));
  }).listen(0, '127.0.0.1');
  await once(http, 'listening');
  let answering = false;
  const headArrived = (): void => {
    answering = true;
  };
  subscribe('http.client.response.finish', headArrived);
  const api = leanApi({
    region: 'us-east-2',
    endpoint: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    credentials: () => Promise.resolve({ accessKeyId: 'a', secretAccessKey: 's' }),
  });
  const received = api.receiveMessage({ QueueUrl: 'q' }, stop.signal);
  await until('the head of the answer arrives', () => answering);
  await new Promise(setImmediate);
  stop.abort();
  expect(await received).toEqual({ Messages: [] });
  api.close();
  http.close();
  unsubscribe('http.client.response.finish', headArrived);
});
