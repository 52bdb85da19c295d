/** Lets so many calls run at a time; the others wait their turn, or until one of their signals aborts. */
export class Limit {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(width: number) {
    this.#free = width;
  }

  async run<T>(signals: readonly AbortSignal[], work: () => Promise<T>): Promise<T> {
    await this.#enter(signals);
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #enter(signals: readonly AbortSignal[]): Promise<void> {
    for (const signal of signals) signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    const turn = Promise.withResolvers<undefined>();
    const enter = (): void => {
      turn.resolve(undefined);
    };
    const giveUp = (): void => {
      const place = this.#waiting.indexOf(enter);
      if (place === -1) return;
      this.#waiting.splice(place, 1);
      turn.reject(signals.find(({ aborted }) => aborted)?.reason);
    };
    this.#waiting.push(enter);
    for (const signal of signals) signal.addEventListener('abort', giveUp);
    try {
      await turn.promise;
    } finally {
      for (const signal of signals) signal.removeEventListener('abort', giveUp);
    }
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
