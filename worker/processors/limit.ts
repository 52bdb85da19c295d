/** Lets so many calls run at a time; the others wait their turn, or until their signal aborts. */
export class Limit {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(width: number) {
    this.#free = width;
  }

  async run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#enter(signal);
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  #enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return Promise.resolve();
    }
    const turn = Promise.withResolvers<undefined>();
    const enter = (): void => {
      signal.removeEventListener('abort', giveUp);
      turn.resolve(undefined);
    };
    const giveUp = (): void => {
      this.#waiting.splice(this.#waiting.indexOf(enter), 1);
      turn.reject(new DOMException('aborted while waiting for a turn', 'AbortError'));
    };
    this.#waiting.push(enter);
    signal.addEventListener('abort', giveUp, { once: true });
    return turn.promise;
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
