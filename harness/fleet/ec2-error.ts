import { randomUUID } from 'node:crypto';

import { escapeXml } from './protocol/encode';
import type { QueryAnswer } from './protocol/query-service';

/** An error in the XML of the EC2 query protocol, which differs from the other query services'. */
export function ec2Error(code: string, message: string): QueryAnswer {
  const requestId = randomUUID();
  const error = `<Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message>`;
  return {
    status: 400,
    requestId,
    body: `<Response><Errors><Error>${error}</Error></Errors><RequestID>${requestId}</RequestID></Response>`,
  };
}
