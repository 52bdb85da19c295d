import type { IncomingHttpHeaders, ServerResponse } from 'node:http';

import { decodeInput } from './decode';
import { ServiceError } from './errors';
import { Operations } from './operations';
import { QueryService, type QueryServiceOptions, sendAnswer } from './query-service';
import { RpcService } from './rpc-service';

/** A request to a service, whatever its protocol. */
export interface ApiRequest {
  readonly action: string | undefined;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

type Protocol = 'query' | 'json' | 'cbor';

function protocolOf({ headers, path }: ApiRequest): Protocol {
  if (headers['x-amz-target'] !== undefined) {
    return 'json';
  }
  return path.startsWith('/service/') ? 'cbor' : 'query';
}

function parametersOf({ path }: ApiRequest, body: Buffer): URLSearchParams {
  return new URLSearchParams(body.length > 0 ? body.toString('utf8') : path.split('?')[1]);
}

/**
 * A service that speaks all of the protocols that its clients do: CloudWatch got JSON and CBOR beside the query
 * protocol, and each client speaks the newest that it knows.
 */
export class ApiService {
  private readonly operations: Operations;
  private readonly query: QueryService;
  private readonly rpc: Readonly<Record<'json' | 'cbor', RpcService>>;

  constructor(options: QueryServiceOptions) {
    this.operations = new Operations(options);
    this.query = new QueryService(options);
    this.rpc = {
      json: new RpcService(this.operations, 'json'),
      cbor: new RpcService(this.operations, 'cbor'),
    };
  }

  /** The actions of the model: which are done here, and which are not. */
  actions(): { readonly action: string; readonly done: boolean }[] {
    return this.operations.list();
  }

  /** Answers in the protocol of the request. Never rejects. */
  async answer(request: ApiRequest, body: Buffer, response: ServerResponse): Promise<void> {
    const protocol = protocolOf(request);
    if (protocol === 'query') {
      sendAnswer(response, await this.query.answer(parametersOf(request, body)));
      return;
    }
    const answer = await this.rpc[protocol].answer(request.action ?? '', body);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  /**
   * The input of a request that another answers.
   *
   * @throws ServiceError when it cannot be read.
   */
  async input(request: ApiRequest, body: Buffer): Promise<unknown> {
    const schemas = this.operations.schemasOf(request.action ?? '');
    if (schemas === undefined) {
      throw new ServiceError('InvalidAction', `Could not find operation ${request.action ?? ''}`);
    }
    const protocol = protocolOf(request);
    return protocol === 'query'
      ? decodeInput(schemas.input, parametersOf(request, body))
      : await this.rpc[protocol].read(schemas.input, body);
  }
}
