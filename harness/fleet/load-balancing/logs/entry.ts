/** One request, or one WebSocket connection, as an access log tells it. */
export interface LogEntry {
  readonly type: 'http' | 'https' | 'h2' | 'ws' | 'wss';
  /** When the answer was given; of a WebSocket, when it was closed. Milliseconds. */
  readonly time: number;
  /** `app/web/50dc6c495c0c9188` */
  readonly loadBalancerId: string;
  /** `192.168.131.39:2817` */
  readonly client: string;
  /** `10.0.0.1:80`; `undefined` where no target was chosen. */
  readonly target: string | undefined;
  /** From the request until it was sent, from there to the response, and from there to the client, in seconds; -1 for what never was. */
  readonly seconds: readonly [request: number, target: number, response: number];
  /** What the client got. */
  readonly status: number;
  /** What the target said. */
  readonly targetStatus: number | undefined;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** `GET http://www.example.com:80/ HTTP/1.1` */
  readonly request: string;
  readonly userAgent: string | undefined;
  readonly tls: { readonly cipher: string; readonly version: string } | undefined;
  readonly targetGroupArn: string | undefined;
  /** X-Amzn-Trace-Id. */
  readonly traceId: string | undefined;
  /** The name that the client asked for in its TLS handshake. */
  readonly serverName: string | undefined;
  /** ARN, or `session-reused`. */
  readonly certificate: string | undefined;
  /** Of the rule that the request met; 0 is the default rule. */
  readonly rulePriority: number | undefined;
  /** When the request came, in milliseconds. */
  readonly createdAt: number;
  /** `forward`, `redirect` or `fixed-response`. */
  readonly action: string | undefined;
  readonly redirectUrl: string | undefined;
  /** `TID_` and what tells the client's connection from others. */
  readonly connectionId: string;
}

/** A User-Agent that is longer is cut. */
const longestUserAgent = 8_192;

/** What would end a field, or is no printable character. */
const special = /["\\]|[^ -~]/g;

const escaped = (text: string): string =>
  text.replace(special, (character) => {
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0');
    return `\\x${code}`;
  });

const quoted = (text: string | number | undefined): string =>
  text === undefined ? '"-"' : `"${escaped(String(text))}"`;

/** With the microseconds that AWS shows; this clock has none. */
const shown = (milliseconds: number): string => `${new Date(milliseconds).toISOString().slice(0, -1)}000Z`;

const duration = (seconds: number): string => (seconds < 0 ? '-1' : seconds.toFixed(3));

/**
 * An entry as a line, with its end. Of the fields that it has `-` for, nothing here has a Lambda function, several targets
 * for one request, a classification of requests that break RFC 7230, or transforms.
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html#access-log-entry-format
 */
export function logLine(entry: LogEntry): string {
  const { target = '-', targetStatus = '-', rulePriority = '-', targetGroupArn = '-', tls } = entry;
  const [request, toTarget, response] = entry.seconds;
  return [
    entry.type,
    shown(entry.time),
    entry.loadBalancerId,
    entry.client,
    target,
    duration(request),
    duration(toTarget),
    duration(response),
    entry.status,
    targetStatus,
    entry.receivedBytes,
    entry.sentBytes,
    quoted(entry.request),
    quoted(entry.userAgent?.slice(0, longestUserAgent)),
    tls?.cipher ?? '-',
    tls?.version ?? '-',
    targetGroupArn,
    quoted(entry.traceId),
    quoted(entry.serverName),
    quoted(entry.certificate),
    rulePriority,
    shown(entry.createdAt),
    quoted(entry.action),
    quoted(entry.redirectUrl),
    // error_reason: of Lambda functions.
    '"-"',
    quoted(entry.target),
    quoted(entry.targetStatus),
    // classification, classification_reason
    '"-" "-"',
    entry.connectionId,
    // transformed_host, transformed_uri, request_transform_status
    '"-" "-" "-"\n',
  ].join(' ');
}
