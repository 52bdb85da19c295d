import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Body } from '../fleet/bodies/body';
import { messageOf } from '../support/message-of';
import type { Lab } from './lab';
import type { LabOutputs } from './outputs';
import { killWorker, startWorker, workerRuns } from './worker-control';

/** Header that carries the lab's token: a web page that a person happens to visit cannot send it. */
export const tokenHeader = 'x-lab-token';

/** What the lab's control answers about one instance. */
export interface InstanceStatus {
  readonly instanceId: string;
  readonly zone: string;
  readonly state: string;
  /** Its Auto Scaling group, if it is in one. */
  readonly groupName?: string | undefined;
  /** `active` or `down`; `none` on a web instance, and while an instance has no body. */
  readonly worker: 'active' | 'down' | 'none';
}

/** What hands inside the instances can do, by name. */
export const instanceActions = ['log', 'kill-worker', 'start-worker'] as const;
export type InstanceAction = (typeof instanceActions)[number];

/** A request that the lab's control refuses. */
class ControlError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Answers `/_lab/…` on the edge: what the AWS APIs cannot tell or do, since it needs hands inside the instances. */
export class Control {
  constructor(
    private readonly lab: Lab,
    private readonly token: string,
    private readonly shutDown: () => void,
  ) {}

  /** Answers one request. Never rejects. */
  readonly handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      this.authenticate(request);
      const answer = await this.answer(
        request.method ?? 'GET',
        new URL(request.url ?? '/', this.lab.endpoint).pathname,
      );
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    } catch (error) {
      const status = error instanceof ControlError ? error.status : 500;
      const message = messageOf(error);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }));
    }
  };

  private authenticate(request: IncomingMessage): void {
    const given = Buffer.from(String(request.headers[tokenHeader] ?? ''));
    const expected = Buffer.from(this.token);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw new ControlError(403, `The header ${tokenHeader} does not carry the token of this lab.`);
    }
  }

  private async answer(method: string, path: string): Promise<unknown> {
    const [, , resource, instanceId, action] = path.split('/');
    if (method === 'POST' && resource === 'shutdown') {
      this.shutDown();
      return { shuttingDown: true };
    }
    if (method === 'GET' && resource === 'denials') {
      return this.lab.access.denials;
    }
    if (method === 'GET' && resource === 'instances' && instanceId === undefined) {
      return Promise.all(this.lab.fleet.instances().map((instance) => this.status(instance)));
    }
    if (method === 'POST' && resource === 'instances' && instanceId !== undefined && isAction(action)) {
      return this.act(this.body(instanceId), action);
    }
    throw new ControlError(404, `There is no ${method} ${path}.`);
  }

  private body(instanceId: string): Body {
    const body = this.lab.fleet.body(instanceId);
    if (body === undefined) {
      const known = this.lab.fleet.instances().map((instance) => instance.instanceId);
      throw new ControlError(
        404,
        `No instance ${instanceId} is running; running: ${known.join(', ') || 'none'}.`,
      );
    }
    return body;
  }

  private async status(instance: Omit<InstanceStatus, 'worker'>): Promise<InstanceStatus> {
    const { outputs, fleet } = this.lab;
    const body = fleet.body(instance.instanceId);
    const worker =
      body === undefined || serviceOf(instance, outputs) !== outputs.workerService
        ? 'none'
        : (await workerRuns(body, outputs.workerService))
          ? 'active'
          : 'down';
    return { ...instance, worker };
  }

  private async act(body: Body, action: InstanceAction): Promise<unknown> {
    const instance = this.lab.fleet.instances().find(({ instanceId }) => instanceId === body.instanceId);
    const service = serviceOf(instance, this.lab.outputs);
    switch (action) {
      case 'log':
        return { log: await body.journal(service), console: await body.consoleOutput() };
      case 'kill-worker':
        await killWorker(body, service);
        return { worker: 'down' };
      case 'start-worker':
        await startWorker(body, service);
        return { worker: 'active' };
    }
  }
}

/** What runs on an instance: the site in the web group, else the worker. */
function serviceOf(instance: Pick<InstanceStatus, 'groupName'> | undefined, outputs: LabOutputs): string {
  const { webGroupName, webService, workerService } = outputs;
  const isWeb = webGroupName !== undefined && instance?.groupName === webGroupName;
  return (isWeb ? webService : undefined) ?? workerService;
}

function isAction(action: string | undefined): action is InstanceAction {
  return instanceActions.some((known) => known === action);
}
