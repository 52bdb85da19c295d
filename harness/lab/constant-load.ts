import { setTimeout as delay } from 'node:timers/promises';

/** How many requests are under way at a time. */
const visitors = 4;
/** Between an answer and the next request of the same visitor, in milliseconds. */
const pauseMs = 40;

/** What a load of requests has met so far. */
export interface LoadReport {
  readonly answered: number;
  /** What went wrong, one sentence each. */
  readonly failures: readonly string[];
}

/** Requests that go on until they are stopped, each a connection of its own or a kept one, as visitors have them. */
export class ConstantLoad implements AsyncDisposable {
  private answered = 0;
  private readonly failures: string[] = [];
  private stopped = false;
  private readonly running: Promise<unknown>;

  /** @param urls asked for in turn. */
  constructor(private readonly urls: readonly string[]) {
    this.running = Promise.all(Array.from({ length: visitors }, (_, index) => this.visit(index)));
  }

  report(): LoadReport {
    return { answered: this.answered, failures: [...this.failures] };
  }

  /** Resolves with the report when the last request is answered. */
  async stop(): Promise<LoadReport> {
    this.stopped = true;
    await this.running;
    return this.report();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  private async visit(first: number): Promise<void> {
    for (let index = first; !this.stopped; index += 1) {
      const url = this.urls[index % this.urls.length] ?? '';
      try {
        const response = await fetch(url);
        await response.arrayBuffer();
        if (response.ok) {
          this.answered += 1;
        } else {
          this.failures.push(`${url}: ${response.status}`);
        }
      } catch (error) {
        this.failures.push(`${url}: ${String(error)}`);
      }
      await delay(pauseMs);
    }
  }
}
