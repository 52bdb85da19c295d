import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';

import { z } from 'zod';

const request = z.object({ QueueUrl: z.string() });
const answer = z.object({ Messages: z.array(z.object({ ReceiptHandle: z.string() })).default([]) });

/**
 * LocalStack gives messages to a long poll whose client is gone: nobody has them, and they stay invisible for the
 * queue's whole visibility timeout. SQS notices the closed connection. So the edge takes the answer in the client's
 * place and gives the messages back at once; their receive count has grown by one.
 *
 * @param abandoned the request whose client is gone, and its body.
 * @param received what the emulator answered it.
 * @param origin where the emulator listens.
 */
export async function giveBack(
  abandoned: IncomingMessage,
  body: Buffer,
  received: IncomingMessage,
  origin: URL,
): Promise<void> {
  const { QueueUrl } = request.parse(JSON.parse(body.toString('utf8')));
  const { Messages } = answer.parse(await json(received));
  if (Messages.length === 0) {
    return;
  }
  const headers = new Headers({
    'Content-Type': 'application/x-amz-json-1.0',
    'X-Amz-Target': 'AmazonSQS.ChangeMessageVisibilityBatch',
  });
  const { authorization } = abandoned.headers;
  if (authorization !== undefined) {
    headers.set('Authorization', authorization);
  }
  await fetch(origin, {
    method: 'POST',
    headers,
    body: JSON.stringify({
      QueueUrl,
      Entries: Messages.map(({ ReceiptHandle }, index) => ({
        Id: String(index),
        ReceiptHandle,
        VisibilityTimeout: 0,
      })),
    }),
  });
}
