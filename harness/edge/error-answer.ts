import { randomUUID } from 'node:crypto';

import type { Call } from './call';

/** An error in the form that the SDK of the called service understands. */
export interface ErrorAnswer {
  readonly contentType: string;
  readonly content: string;
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/**
 * Words an error as AWS does: JSON for JSON protocols, S3's bare `<Error>`, the query protocol's `<ErrorResponse>`.
 * Sources: Smithy's awsJson1_0, restXml and awsQuery protocol definitions.
 */
export function errorBody(
  call: Pick<Call, 'service' | 'headers'>,
  code: string,
  message: string,
): ErrorAnswer {
  if (call.headers['x-amz-target'] !== undefined) {
    return { contentType: 'application/x-amz-json-1.0', content: JSON.stringify({ __type: code, message }) };
  }
  const requestId = randomUUID();
  const error = `<Code>${escape(code)}</Code><Message>${escape(message)}</Message>`;
  const content =
    call.service === 's3'
      ? `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${error}<RequestId>${requestId}</RequestId></Error>`
      : `<ErrorResponse><Error><Type>Receiver</Type>${error}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
  return { contentType: 'application/xml', content };
}
