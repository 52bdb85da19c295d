import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';

import { decodeInput } from './decode';
import { encode, escapeXml } from './encode';
import { ServiceError, internalFailure } from './errors';
import { Operations, type OperationsOptions } from './operations';

export type { ActionHandler, ActionHandlers } from './operations';

/** A service of the AWS query protocol. */
export interface QueryServiceOptions extends OperationsOptions {
  /** Version of its API: `2011-01-01`. */
  readonly version: string;
}

/** An answer to one request. */
export interface QueryAnswer {
  readonly status: number;
  readonly requestId: string;
  /** XML. */
  readonly body: string;
}

/** Answers requests of the AWS query protocol, driven by the service's own model. */
export class QueryService {
  private readonly operations: Operations;
  private readonly namespace: string;

  constructor(private readonly options: QueryServiceOptions) {
    this.operations = new Operations(options);
    this.namespace = `http://${options.service}.amazonaws.com/doc/${options.version}/`;
  }

  /** The actions of the model: which are done, and which are answered with an error. */
  actions(): { readonly action: string; readonly done: boolean }[] {
    return this.operations.list();
  }

  /** Never rejects: what goes wrong is answered as AWS would. */
  async answer(parameters: URLSearchParams): Promise<QueryAnswer> {
    const requestId = randomUUID();
    try {
      return { status: 200, requestId, body: await this.perform(parameters, requestId) };
    } catch (error) {
      const known = error instanceof ServiceError ? error : internalFailure(error);
      const type = known.status < 500 ? 'Sender' : 'Receiver';
      const content = `<Type>${type}</Type><Code>${escapeXml(known.code)}</Code><Message>${escapeXml(known.message)}</Message>`;
      const body = `<ErrorResponse xmlns="${this.namespace}"><Error>${content}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
      return { status: known.status, requestId, body };
    }
  }

  private async perform(parameters: URLSearchParams, requestId: string): Promise<string> {
    const { version } = this.options;
    const action = parameters.get('Action') ?? '';
    if (action === '') {
      throw new ServiceError('MissingAction', 'The request must contain the parameter Action.');
    }
    const asked = parameters.get('Version') ?? 'NO_VERSION_SPECIFIED';
    const schemas = this.operations.schemasOf(action);
    if (schemas === undefined || asked !== version) {
      throw new ServiceError('InvalidAction', `Could not find operation ${action} for version ${asked}`);
    }
    const handler = this.operations.handlerOf(action);
    const input = decodeInput(schemas.input, parameters);
    const output: unknown = await handler(input as never);
    const result = schemas.output.isUnitSchema()
      ? ''
      : `<${action}Result>${encode(schemas.output, output ?? {})}</${action}Result>`;
    return `<${action}Response xmlns="${this.namespace}">${result}<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>`;
  }
}

/** Sends an answer with the headers that AWS sends; clients read the request's id from them. */
export function sendAnswer(response: ServerResponse, { status, requestId, body }: QueryAnswer): void {
  response.writeHead(status, { 'content-type': 'text/xml', 'x-amzn-requestid': requestId }).end(body);
}
