import { randomUUID } from 'node:crypto';

import { NormalizedSchema } from '@smithy/core/schema';
import type { StaticOperationSchema } from '@smithy/types';

import { decodeInput } from './decode';
import { encode, escapeXml } from './encode';
import { ServiceError } from './errors';

/** One action: typed input in, typed output (or nothing) out; errors as ServiceError. */
export type ActionHandler = (input: never) => unknown;

/** Actions by name. */
export type ActionHandlers = Readonly<Record<string, ActionHandler>>;

/** A service of the AWS query protocol. */
export interface QueryServiceOptions {
  /** The model's schema of each operation, by action. */
  readonly operations: Readonly<Record<string, StaticOperationSchema>>;
  /** What is answered, by action. */
  readonly handlers: ActionHandlers;
  /** XML namespace of the answers, e.g. `http://autoscaling.amazonaws.com/doc/2011-01-01/`. */
  readonly namespace: string;
  /** What the service is called in messages. */
  readonly name: string;
}

/** An answer to one request. */
export interface QueryAnswer {
  readonly status: number;
  readonly body: string;
}

/** Answers requests of the AWS query protocol, driven by the service's own model. */
export class QueryService {
  constructor(private readonly options: QueryServiceOptions) {}

  /** Never rejects: what goes wrong is answered as AWS would. */
  async answer(parameters: URLSearchParams): Promise<QueryAnswer> {
    const requestId = randomUUID();
    try {
      return { status: 200, body: await this.perform(parameters, requestId) };
    } catch (error) {
      const known = error instanceof ServiceError ? error : internalFailure(error);
      const type = known.status < 500 ? 'Sender' : 'Receiver';
      const content = `<Type>${type}</Type><Code>${escapeXml(known.code)}</Code><Message>${escapeXml(known.message)}</Message>`;
      const body = `<ErrorResponse xmlns="${this.options.namespace}"><Error>${content}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
      return { status: known.status, body };
    }
  }

  private async perform(parameters: URLSearchParams, requestId: string): Promise<string> {
    const { operations, handlers, namespace, name } = this.options;
    const action = parameters.get('Action');
    if (action === null || action === '') {
      throw new ServiceError('MissingAction', 'The request has no parameter Action.');
    }
    const operation = operations[action];
    if (operation === undefined) {
      throw new ServiceError('InvalidAction', `${name} has no action ${action}.`);
    }
    const handler = handlers[action];
    if (handler === undefined) {
      throw new ServiceError('UnsupportedOperation', `The local ${name} does not do ${action} yet.`, 501);
    }
    const [, , , , inputSchema, outputSchema] = operation;
    const input = decodeInput(NormalizedSchema.of(inputSchema), parameters);
    const output = await handler(input as never);
    const schema = NormalizedSchema.of(outputSchema);
    const result = schema.isUnitSchema()
      ? ''
      : `<${action}Result>${encode(schema, output ?? {})}</${action}Result>`;
    return `<${action}Response xmlns="${namespace}">${result}<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>`;
  }
}

function internalFailure(error: unknown): ServiceError {
  return new ServiceError('InternalFailure', error instanceof Error ? error.message : String(error), 500);
}
