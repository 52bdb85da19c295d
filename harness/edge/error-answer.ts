import { randomUUID } from 'node:crypto';

import type { Call } from './call';

/** An error in the form that the SDK of the called service understands. */
export interface ErrorAnswer {
  readonly contentType: string;
  readonly content: string;
}

/** Text inside of an XML element. */
export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/**
 * Words an error as AWS does: JSON for JSON protocols, S3's bare `<Error>`, EC2's `<Response>`, the query protocol's
 * `<ErrorResponse>`.
 * Sources: Smithy's awsJson1_0, restXml, ec2Query and awsQuery protocol definitions.
 *
 * @param type who is at fault. @default Receiver
 */
export function errorBody(
  call: Pick<Call, 'service' | 'headers'>,
  code: string,
  message: string,
  type: 'Sender' | 'Receiver' = 'Receiver',
): ErrorAnswer {
  if (call.headers['x-amz-target'] !== undefined) {
    return { contentType: 'application/x-amz-json-1.0', content: JSON.stringify({ __type: code, message }) };
  }
  const requestId = randomUUID();
  const error = `<Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message>`;
  switch (call.service) {
    case 's3':
      return xml(
        `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${error}<RequestId>${requestId}</RequestId></Error>`,
      );
    case 'ec2':
      return xml(
        `<Response><Errors><Error>${error}</Error></Errors><RequestID>${requestId}</RequestID></Response>`,
      );
    default:
      return xml(
        `<ErrorResponse><Error><Type>${type}</Type>${error}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
      );
  }
}

function xml(content: string): ErrorAnswer {
  return { contentType: 'application/xml', content };
}
