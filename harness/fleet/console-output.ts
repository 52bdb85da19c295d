import { randomUUID } from 'node:crypto';

import { ec2Error } from './ec2-error';
import { escapeXml } from './protocol/encode';
import type { QueryAnswer } from './protocol/query-service';

/**
 * Answers EC2's GetConsoleOutput, in the XML of the EC2 query protocol.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleOutput.html
 *
 * @param output what the console shows; `undefined` for an instance that does not exist.
 */
export function consoleAnswer(instanceId: string, output: string | undefined): QueryAnswer {
  if (output === undefined) {
    return ec2Error('InvalidInstanceID.NotFound', `The instance ID '${instanceId}' does not exist`);
  }
  const requestId = randomUUID();
  const content = [
    `<requestId>${requestId}</requestId>`,
    `<instanceId>${escapeXml(instanceId)}</instanceId>`,
    `<timestamp>${new Date().toISOString()}</timestamp>`,
    `<output>${Buffer.from(output).toString('base64')}</output>`,
  ].join('');
  const namespace = 'http://ec2.amazonaws.com/doc/2016-11-15/';
  return {
    status: 200,
    requestId,
    body: `<GetConsoleOutputResponse xmlns="${namespace}">${content}</GetConsoleOutputResponse>`,
  };
}
