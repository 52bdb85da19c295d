import { randomUUID } from 'node:crypto';

import { CborCodec } from '@smithy/core/cbor';
import { JsonCodec2 } from '@smithy/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';

import { messageOf } from '../../support/message-of';
import { ServiceError, internalFailure } from './errors';
import type { Operations } from './operations';
import { missingError, missingMembers } from './required';

/** How values travel in a protocol whose requests name their operation outside of the body. */
interface Wire {
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly read: (schema: NormalizedSchema, body: Buffer) => Promise<unknown>;
  readonly write: (schema: NormalizedSchema, value: unknown) => string | Uint8Array;
  /** The output of an operation that has none. */
  readonly nothing: string;
  /** An error: its code and message, which no schema describes. */
  readonly writeError: (code: string, message: string) => string | Uint8Array;
}

/** AWS JSON 1.0. Source: https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html */
function json(): Wire {
  const codec = new JsonCodec2({ timestampFormat: { useTrait: true, default: 7 }, jsonName: false });
  const serializer = codec.createSerializer();
  const deserializer = codec.createDeserializer();
  return {
    contentType: 'application/x-amz-json-1.0',
    headers: {},
    read: async (schema, body): Promise<unknown> =>
      (await deserializer.read(schema, body.length === 0 ? '{}' : body.toString('utf8'))) as unknown,
    write: (schema, value) => {
      serializer.write(schema, value);
      return serializer.flush();
    },
    nothing: '{}',
    writeError: (code, message) => JSON.stringify({ __type: code, message }),
  };
}

/** Smithy RPC v2 CBOR. Source: https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html */
function cbor(): Wire {
  const codec = new CborCodec();
  const serializer = codec.createSerializer();
  const deserializer = codec.createDeserializer();
  const write = (schema: NormalizedSchema, value: unknown): Uint8Array => {
    serializer.write(schema, value);
    return serializer.flush();
  };
  const error = NormalizedSchema.of([3, 'smithy.lab', 'Error', 0, ['__type', 'message'], [0, 0]]);
  return {
    contentType: 'application/cbor',
    headers: { 'smithy-protocol': 'rpc-v2-cbor' },
    read: (schema, body) =>
      new Promise((resolve) => {
        resolve(body.length === 0 ? {} : deserializer.read(schema, body));
      }),
    write,
    nothing: '',
    writeError: (code, message) => write(error, { __type: code, message }),
  };
}

/** An answer to one request. */
export interface RpcAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** Answers requests of AWS JSON 1.0 or Smithy RPC v2 CBOR, driven by the service's own model. */
export class RpcService {
  private readonly wire: Wire;

  constructor(
    private readonly operations: Operations,
    protocol: 'json' | 'cbor',
  ) {
    this.wire = protocol === 'json' ? json() : cbor();
  }

  /** Never rejects: what goes wrong is answered as AWS would. */
  async answer(action: string, body: Buffer): Promise<RpcAnswer> {
    const headers = {
      'content-type': this.wire.contentType,
      'x-amzn-requestid': randomUUID(),
      ...this.wire.headers,
    };
    try {
      return { status: 200, headers, body: await this.perform(action, body) };
    } catch (error) {
      const { code, message, status } = error instanceof ServiceError ? error : internalFailure(error);
      return {
        status,
        // Clients of a service that once spoke the query protocol read the code of that protocol here.
        headers: { ...headers, 'x-amzn-query-error': `${code};${status < 500 ? 'Sender' : 'Receiver'}` },
        body: this.wire.writeError(code, message),
      };
    }
  }

  private async perform(action: string, body: Buffer): Promise<string | Uint8Array> {
    const schemas = this.operations.schemasOf(action);
    if (schemas === undefined) {
      throw new ServiceError('UnknownOperationException', `Could not find operation ${action}`);
    }
    const handler = this.operations.handlerOf(action);
    const input = await this.read(schemas.input, body);
    const output: unknown = await handler(input as never);
    return schemas.output.isUnitSchema() ? this.wire.nothing : this.wire.write(schemas.output, output ?? {});
  }

  /** The input that a body carries. @throws ServiceError for a body that cannot be read, or lacks something. */
  async read(schema: NormalizedSchema, body: Buffer): Promise<unknown> {
    let input: unknown;
    try {
      input = schema.isUnitSchema() ? {} : await this.wire.read(schema, body);
    } catch (error) {
      throw new ServiceError(
        'SerializationException',
        `The body of the request cannot be read: ${messageOf(error)}`,
      );
    }
    const missing = missingMembers(schema, input);
    if (missing.length > 0) {
      throw missingError(missing);
    }
    return input;
  }
}
