import { WallClock } from '../clock';

/** A clock that a test moves by hand. */
export class HandClock extends WallClock {
  private time = new Date('2026-11-24T10:00:00Z').getTime();

  override now(): Date {
    return new Date(this.time);
  }

  /** Lets seconds pass: real ones, whatever the factor. */
  pass(seconds: number): void {
    this.time += seconds * 1_000;
  }
}
