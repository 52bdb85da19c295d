import type { Matched } from './destination';

/** What a load balancer answers itself. */
export interface OwnAnswer {
  readonly status: number;
  readonly contentType?: string;
  readonly body?: string;
  readonly location?: string;
  /** @default none: no rule was asked */
  readonly matched?: Matched;
}

/** Reason phrases as Application Load Balancers write them. */
const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  301: 'Moved Permanently',
  302: 'Found',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  414: 'URI Too Long',
  463: 'Too Many Forwarded Addresses',
  464: 'Unsupported Protocol Version',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
};

function page(title: string): string {
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
}

/** How an answer is written. */
export interface AnswerOptions {
  readonly keepAlive: boolean;
  /** A response to HEAD has no body. */
  readonly forHead: boolean;
  /** Header lines to add, each with its line end. */
  readonly lines: string;
}

/** Writes an answer of the load balancer's own; one without a body gets the page that AWS shows. */
export function ownAnswer(answer: OwnAnswer, { keepAlive, forHead, lines }: AnswerOptions): Buffer {
  const title = `${answer.status} ${reasons[answer.status] ?? ''}`.trim();
  const body = Buffer.from(answer.body ?? page(title));
  const location = answer.location === undefined ? '' : `Location: ${answer.location}\r\n`;
  const head =
    `HTTP/1.1 ${title}\r\n${lines}Date: ${new Date().toUTCString()}\r\n` +
    `Content-Type: ${answer.contentType ?? 'text/html'}\r\nContent-Length: ${body.length}\r\n` +
    `Connection: ${keepAlive ? 'keep-alive' : 'close'}\r\n${location}\r\n`;
  return forHead ? Buffer.from(head, 'latin1') : Buffer.concat([Buffer.from(head, 'latin1'), body]);
}
