import { randomBytes, randomFillSync } from 'node:crypto';

const bytesEach = 12;
const pool = Buffer.alloc(bytesEach * 512);
let used = pool.length;

/** Random bytes are asked for in bulk: asking for each request would cost more than all else in its head. */
function randomHex(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytesEach;
  return pool.toString('hex', used - bytesEach, used);
}

/** `1-67891233-abcdef012345678912345678`: version, time in seconds, and 96 random bits. */
function freshId(): string {
  return `1-${Math.floor(Date.now() / 1_000)
    .toString(16)
    .padStart(8, '0')}-${randomHex()}`;
}

/**
 * The X-Amzn-Trace-Id that goes on to the target: a new Root, or, where the client sent one, that with a Self of ours.
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html
 */
export function traceId(received: string | undefined): string {
  if (received === undefined) {
    return `Root=${freshId()}`;
  }
  const fields = received.split(';').map((field) => field.trim());
  const kept = fields.filter((field) => field !== '' && !field.startsWith('Self='));
  return fields.some((field) => field.startsWith('Root='))
    ? [`Self=${freshId()}`, ...kept].join(';')
    : [...kept, `Root=${freshId()}`].join(';');
}

/** What a client's connection is told from others by in access logs. */
export function connectionId(): string {
  return `TID_${randomBytes(16).toString('hex')}`;
}
