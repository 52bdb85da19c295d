import { randomUUID } from 'node:crypto';

import { escapeXml } from './protocol/encode';
import type { QueryAnswer } from './protocol/query-service';

/**
 * Answers EC2's GetConsoleOutput, in the XML of the EC2 query protocol.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleOutput.html
 *
 * @param output what the console shows; `undefined` for an instance that does not exist.
 */
export function consoleAnswer(instanceId: string, output: string | undefined): QueryAnswer {
  const requestId = randomUUID();
  if (output === undefined) {
    const error = `<Code>InvalidInstanceID.NotFound</Code><Message>The instance ID '${escapeXml(instanceId)}' does not exist</Message>`;
    return {
      status: 400,
      body: `<Response><Errors><Error>${error}</Error></Errors><RequestID>${requestId}</RequestID></Response>`,
    };
  }
  const content = [
    `<requestId>${requestId}</requestId>`,
    `<instanceId>${escapeXml(instanceId)}</instanceId>`,
    `<timestamp>${new Date().toISOString()}</timestamp>`,
    `<output>${Buffer.from(output).toString('base64')}</output>`,
  ].join('');
  const namespace = 'http://ec2.amazonaws.com/doc/2016-11-15/';
  return {
    status: 200,
    body: `<GetConsoleOutputResponse xmlns="${namespace}">${content}</GetConsoleOutputResponse>`,
  };
}
