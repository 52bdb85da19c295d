import type { QueueObserver } from '../queue/events';

/** Metrics of a period, as CloudWatch has them: names, units and values. */
interface Counts {
  TasksDone: number;
  TasksFailed: number;
  TasksRefused: number;
  MessagesLost: number;
  CallsFailed: number;
  TaskDuration: number[];
}

const UNITS: Readonly<Record<keyof Counts, string>> = {
  TasksDone: 'Count',
  TasksFailed: 'Count',
  TasksRefused: 'Count',
  MessagesLost: 'Count',
  CallsFailed: 'Count',
  TaskDuration: 'Milliseconds',
};

/** CloudWatch takes up to 100 values of a metric in one document of the embedded metric format. */
const MAX_VALUES = 100;

export interface EmfOptions {
  /** CloudWatch namespace. */
  readonly namespace: string;
  readonly queueName: string;
  /** Takes one JSON document a call; the CloudWatch agent or Lambda-style log ingestion makes metrics of it. */
  readonly write: (document: string) => void;
  /** Time between documents, in milliseconds. @default 60000, CloudWatch's standard resolution */
  readonly periodMs?: number;
}

export interface EmfReporter {
  readonly observer: QueueObserver;
  /** Writes what is left and ends. */
  readonly stop: () => void;
}

/**
 * Counts what a consumer does and writes it in CloudWatch's embedded metric format, once a period, and at once when
 * there are as many durations as a document takes. Nothing is written for a period in which nothing happened.
 */
export function startEmf({ namespace, queueName, write, periodMs = 60_000 }: EmfOptions): EmfReporter {
  let counts = nothing();
  let seen = false;

  const flush = (): void => {
    if (!seen) return;
    const names = Object.keys(UNITS) as (keyof Counts)[];
    const present = names.filter((name) => name !== 'TaskDuration' || counts.TaskDuration.length > 0);
    const metric = {
      Namespace: namespace,
      Dimensions: [['QueueName']],
      Metrics: present.map((Name) => ({ Name, Unit: UNITS[Name] })),
    };
    const values = Object.fromEntries(present.map((name) => [name, counts[name]]));
    write(
      JSON.stringify({
        _aws: { Timestamp: Date.now(), CloudWatchMetrics: [metric] },
        QueueName: queueName,
        ...values,
      }),
    );
    counts = nothing();
    seen = false;
  };
  const timer = setInterval(flush, periodMs);

  return {
    observer(event) {
      if (event.type === 'lost') counts.MessagesLost += 1;
      else if (event.type === 'receive-failed' || event.type === 'call-failed') counts.CallsFailed += 1;
      else if (event.type === 'finished') {
        if (event.outcome === 'done') counts.TasksDone += 1;
        else if (event.outcome === 'refused') counts.TasksRefused += 1;
        else if (event.outcome === 'retried') counts.TasksFailed += 1;
        counts.TaskDuration.push(Math.round(event.durationMs));
      } else return;
      seen = true;
      if (counts.TaskDuration.length === MAX_VALUES) flush();
    },
    stop() {
      clearInterval(timer);
      flush();
    },
  };
}

function nothing(): Counts {
  return { TasksDone: 0, TasksFailed: 0, TasksRefused: 0, MessagesLost: 0, CallsFailed: 0, TaskDuration: [] };
}
