import type { Clock } from '../clock';

/** A clock that a test moves by hand. */
export class HandClock implements Clock {
  private time = new Date('2026-11-24T10:00:00Z').getTime();

  now(): Date {
    return new Date(this.time);
  }

  later(seconds: number): Date {
    return new Date(this.time + seconds * 1_000);
  }

  pass(seconds: number): void {
    this.time += seconds * 1_000;
  }
}
