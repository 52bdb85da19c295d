import type { MiddlewareHandler } from 'hono';
import type { Logger } from '../../instance/logger';

/** One line for each request; those of health checks are many and only told at level debug. */
export function logRequests(log: Logger): MiddlewareHandler {
  return async (c, next) => {
    const startedAt = performance.now();
    await next();
    const { method, path } = c.req;
    const fields = {
      method,
      path,
      status: c.res.status,
      ms: Math.round(performance.now() - startedAt),
      // The load balancer's own id of the request, as in its access log.
      trace: c.req.header('x-amzn-trace-id'),
    };
    if (path === '/health') log.debug(fields, 'request');
    else log.info(fields, 'request');
  };
}
