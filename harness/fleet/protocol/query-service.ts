import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';

import { NormalizedSchema } from '@smithy/core/schema';
import type { StaticOperationSchema } from '@smithy/types';

import { decodeInput } from './decode';
import { encode, escapeXml } from './encode';
import { ServiceError, notDoneHere } from './errors';

/** One action: typed input in, typed output (or nothing) out; errors as ServiceError. */
export type ActionHandler = (input: never) => unknown;

/** Actions by name. */
export type ActionHandlers = Readonly<Record<string, ActionHandler>>;

/** A service of the AWS query protocol. */
export interface QueryServiceOptions {
  /** The service's name in its namespace: `autoscaling`. */
  readonly service: string;
  /** Version of its API: `2011-01-01`. */
  readonly version: string;
  /** The service's model: the exports of its SDK client's module, which name each operation's schema. */
  readonly model: object;
  /** What is answered, by action. */
  readonly handlers: ActionHandlers;
}

/** An answer to one request. */
export interface QueryAnswer {
  readonly status: number;
  readonly requestId: string;
  /** XML. */
  readonly body: string;
}

/** The kind of an operation's schema. Source: @smithy/types, StaticSchemaIdOperation. */
const operationKind = 9;

function isOperation(exported: unknown): exported is StaticOperationSchema {
  return Array.isArray(exported) && exported[0] === operationKind;
}

/** Answers requests of the AWS query protocol, driven by the service's own model. */
export class QueryService {
  private readonly operations: ReadonlyMap<string, StaticOperationSchema>;
  private readonly handlers: ReadonlyMap<string, ActionHandler>;
  private readonly namespace: string;

  constructor(private readonly options: QueryServiceOptions) {
    const { service, version, model, handlers } = options;
    this.operations = new Map(
      Object.values(model)
        .filter(isOperation)
        .map((operation) => [operation[2], operation]),
    );
    this.handlers = new Map(Object.entries(handlers));
    this.namespace = `http://${service}.amazonaws.com/doc/${version}/`;
  }

  /** The actions of the model: which are done, and which are answered with an error. */
  actions(): { readonly action: string; readonly done: boolean }[] {
    return [...this.operations.keys()].sort().map((action) => ({ action, done: this.handlers.has(action) }));
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
    const { service, version } = this.options;
    const action = parameters.get('Action') ?? '';
    if (action === '') {
      throw new ServiceError('MissingAction', 'The request must contain the parameter Action.');
    }
    const asked = parameters.get('Version') ?? 'NO_VERSION_SPECIFIED';
    const operation = this.operations.get(action);
    if (operation === undefined || asked !== version) {
      throw new ServiceError('InvalidAction', `Could not find operation ${action} for version ${asked}`);
    }
    const handler = this.handlers.get(action);
    if (handler === undefined) {
      throw notDoneHere(`${service}:${action}`);
    }
    const [, , , , inputSchema, outputSchema] = operation;
    const input = decodeInput(NormalizedSchema.of(inputSchema), parameters);
    const output = await handler(input as never);
    const schema = NormalizedSchema.of(outputSchema);
    const result = schema.isUnitSchema()
      ? ''
      : `<${action}Result>${encode(schema, output ?? {})}</${action}Result>`;
    return `<${action}Response xmlns="${this.namespace}">${result}<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>`;
  }
}

/** Sends an answer with the headers that AWS sends; clients read the request's id from them. */
export function sendAnswer(response: ServerResponse, { status, requestId, body }: QueryAnswer): void {
  response.writeHead(status, { 'content-type': 'text/xml', 'x-amzn-requestid': requestId }).end(body);
}

function internalFailure(error: unknown): ServiceError {
  return new ServiceError('InternalFailure', error instanceof Error ? error.message : String(error), 500);
}
