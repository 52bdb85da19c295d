import { type LogEntry, logLine } from './entry';

const group = 'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067';

const http: LogEntry = {
  type: 'http',
  time: Date.parse('2018-07-02T22:23:00.186Z'),
  loadBalancerId: 'app/my-loadbalancer/50dc6c495c0c9188',
  client: '192.168.131.39:2817',
  target: '10.0.0.1:80',
  seconds: [0, 0.001, 0],
  status: 200,
  targetStatus: 200,
  receivedBytes: 34,
  sentBytes: 366,
  request: 'GET http://www.example.com:80/ HTTP/1.1',
  userAgent: 'curl/7.46.0',
  tls: undefined,
  targetGroupArn: group,
  traceId: 'Root=1-58337262-36d228ad5d99923122bbe354',
  serverName: undefined,
  certificate: undefined,
  rulePriority: 0,
  createdAt: Date.parse('2018-07-02T22:22:48.364Z'),
  action: 'forward',
  redirectUrl: undefined,
  connectionId: 'TID_1234abcd5678ef90',
};

const certificate = 'arn:aws:acm:us-east-2:123456789012:certificate/12345678-1234-1234-1234-123456789012';

/** The examples of AWS's document, but for their microseconds, and for what a load balancer here does not do. */
const examples: [string, LogEntry, string][] = [
  [
    'HTTP',
    http,
    `http 2018-07-02T22:23:00.186000Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 10.0.0.1:80 0.000 0.001 0.000 200 200 34 366 "GET http://www.example.com:80/ HTTP/1.1" "curl/7.46.0" - - ${group} "Root=1-58337262-36d228ad5d99923122bbe354" "-" "-" 0 2018-07-02T22:22:48.364000Z "forward" "-" "-" "10.0.0.1:80" "200" "-" "-" TID_1234abcd5678ef90 "-" "-" "-"`,
  ],
  [
    'HTTPS',
    {
      ...http,
      type: 'https',
      seconds: [0.086, 0.048, 0.037],
      receivedBytes: 0,
      sentBytes: 57,
      request: 'GET https://www.example.com:443/ HTTP/1.1',
      tls: { cipher: 'ECDHE-RSA-AES128-GCM-SHA256', version: 'TLSv1.2' },
      traceId: 'Root=1-58337281-1d84f3d73c47ec4e58577259',
      serverName: 'www.example.com',
      certificate,
      rulePriority: 1,
    },
    `https 2018-07-02T22:23:00.186000Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 0 57 "GET https://www.example.com:443/ HTTP/1.1" "curl/7.46.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 ${group} "Root=1-58337281-1d84f3d73c47ec4e58577259" "www.example.com" "${certificate}" 1 2018-07-02T22:22:48.364000Z "forward" "-" "-" "10.0.0.1:80" "200" "-" "-" TID_1234abcd5678ef90 "-" "-" "-"`,
  ],
  [
    'HTTP/2 with a redirect',
    {
      ...http,
      type: 'h2',
      client: '10.0.1.252:48160',
      target: '10.0.0.66:9000',
      seconds: [0, 0.002, 0],
      receivedBytes: 5,
      sentBytes: 257,
      request: 'GET https://10.0.2.105:773/ HTTP/2.0',
      tls: { cipher: 'ECDHE-RSA-AES128-GCM-SHA256', version: 'TLSv1.2' },
      traceId: 'Root=1-58337327-72bd00b0343d75b906739c42',
      rulePriority: 1,
      action: 'redirect',
      redirectUrl: 'https://example.com:80/',
    },
    `h2 2018-07-02T22:23:00.186000Z app/my-loadbalancer/50dc6c495c0c9188 10.0.1.252:48160 10.0.0.66:9000 0.000 0.002 0.000 200 200 5 257 "GET https://10.0.2.105:773/ HTTP/2.0" "curl/7.46.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 ${group} "Root=1-58337327-72bd00b0343d75b906739c42" "-" "-" 1 2018-07-02T22:22:48.364000Z "redirect" "https://example.com:80/" "-" "10.0.0.66:9000" "200" "-" "-" TID_1234abcd5678ef90 "-" "-" "-"`,
  ],
  [
    'WebSocket',
    {
      ...http,
      type: 'ws',
      client: '10.0.0.140:40914',
      target: '10.0.1.192:8010',
      seconds: [0.001, 0.003, 0],
      status: 101,
      targetStatus: 101,
      receivedBytes: 218,
      sentBytes: 587,
      request: 'GET http://10.0.0.30:80/ HTTP/1.1',
      userAgent: undefined,
      traceId: 'Root=1-58337364-23a8c76965a2ef7629b185e3',
      rulePriority: 1,
    },
    `ws 2018-07-02T22:23:00.186000Z app/my-loadbalancer/50dc6c495c0c9188 10.0.0.140:40914 10.0.1.192:8010 0.001 0.003 0.000 101 101 218 587 "GET http://10.0.0.30:80/ HTTP/1.1" "-" - - ${group} "Root=1-58337364-23a8c76965a2ef7629b185e3" "-" "-" 1 2018-07-02T22:22:48.364000Z "forward" "-" "-" "10.0.1.192:8010" "101" "-" "-" TID_1234abcd5678ef90 "-" "-" "-"`,
  ],
];

it.each(examples)(
  'an entry is as in AWS’s example of %s (load-balancer-access-logs.html)',
  (_kind, entry, line) => {
    expect(logLine(entry)).toBe(`${line}\n`);
  },
);

it('has - for what there was not, and -1 for times without a target', () => {
  const entry = {
    ...http,
    target: undefined,
    seconds: [-1, -1, -1],
    status: 400,
    targetStatus: undefined,
    request: '- http://www.example.com:80- -',
    userAgent: undefined,
    targetGroupArn: undefined,
    traceId: undefined,
    rulePriority: undefined,
    action: undefined,
  } as const;
  expect(logLine(entry)).toBe(
    'http 2018-07-02T22:23:00.186000Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 - -1 -1 -1 400 - 34 366 "- http://www.example.com:80- -" "-" - - - "-" "-" "-" - 2018-07-02T22:22:48.364000Z "-" "-" "-" "-" "-" "-" "-" TID_1234abcd5678ef90 "-" "-" "-"\n',
  );
});

it('keeps quotes, backslashes and what cannot be printed from ending a field or a line', () => {
  expect(logLine({ ...http, userAgent: 'a "b" \\ \n é' })).toContain(' "a \\x22b\\x22 \\x5C \\x0A \\xE9" ');
});

it('cuts a User-Agent at 8 KB', () => {
  expect(logLine({ ...http, userAgent: 'x'.repeat(9_000) })).toContain(` "${'x'.repeat(8_192)}" `);
});
