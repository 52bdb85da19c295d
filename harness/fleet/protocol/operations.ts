import { NormalizedSchema } from '@smithy/core/schema';
import type { StaticOperationSchema } from '@smithy/types';

import { notDoneHere } from './errors';

/** One action: typed input in, typed output (or nothing) out; errors as ServiceError. */
export type ActionHandler = (input: never) => unknown;

/** Actions by name. */
export type ActionHandlers = Readonly<Record<string, ActionHandler>>;

/** What a service answers, and by which model. */
export interface OperationsOptions {
  /** The service's name in messages: `autoscaling`. */
  readonly service: string;
  /** The service's model: the exports of its SDK client's module, which name each operation's schema. */
  readonly model: object;
  /** What is answered, by action. */
  readonly handlers: ActionHandlers;
}

/** The kind of an operation's schema. Source: @smithy/types, StaticSchemaIdOperation. */
const operationKind = 9;

function isOperation(exported: unknown): exported is StaticOperationSchema {
  return Array.isArray(exported) && exported[0] === operationKind;
}

/** The operations of a service's model, those that are answered here and those that are not. */
export class Operations {
  private readonly schemas: ReadonlyMap<string, StaticOperationSchema>;
  private readonly handlers: ReadonlyMap<string, ActionHandler>;
  private readonly service: string;

  constructor({ service, model, handlers }: OperationsOptions) {
    this.service = service;
    this.schemas = new Map(
      Object.values(model)
        .filter(isOperation)
        .map((operation) => [operation[2], operation]),
    );
    this.handlers = new Map(Object.entries(handlers));
  }

  /** The schemas of an action's input and output; `undefined` for an action that is not in the model. */
  schemasOf(
    action: string,
  ): { readonly input: NormalizedSchema; readonly output: NormalizedSchema } | undefined {
    const operation = this.schemas.get(action);
    return operation === undefined
      ? undefined
      : { input: NormalizedSchema.of(operation[4]), output: NormalizedSchema.of(operation[5]) };
  }

  /** The actions of the model: which are done, and which are answered with an error. */
  list(): { readonly action: string; readonly done: boolean }[] {
    return [...this.schemas.keys()].sort().map((action) => ({ action, done: this.handlers.has(action) }));
  }

  /**
   * What does an action.
   *
   * @throws ServiceError when it is in the model and not done here.
   */
  handlerOf(action: string): ActionHandler {
    const handler = this.handlers.get(action);
    if (handler === undefined) {
      throw notDoneHere(`${this.service}:${action}`);
    }
    return handler;
  }
}
