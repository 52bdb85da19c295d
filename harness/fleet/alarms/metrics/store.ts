import type { StandardUnit } from '@aws-sdk/client-cloudwatch';

import type { Clock } from '../../clock';
import { type Distribution, addTo, copyOf, noValues } from './distribution';
import type { MetricId, MetricSink } from './sink';

interface Slot {
  readonly at: number;
  readonly unit: string;
  readonly values: Distribution;
}

/** How finely times are kept, in milliseconds; finer when time is compressed. */
const slotMs = { real: 1_000, compressed: 250 } as const;

/** For how long values are kept, in seconds of the clock. */
const keptSeconds = 3 * 3_600;

/** How often what is too old is forgotten, in values that came. */
const forgetEvery = 10_000;

/** The metrics that alarms are evaluated on, in memory. */
export class MetricStore implements MetricSink {
  private readonly slots = new Map<string, Slot[]>();
  private readonly slotMs: number;
  private sinceForgotten = 0;

  constructor(private readonly clock: Clock) {
    this.slotMs = clock.factor > 1 ? slotMs.compressed : slotMs.real;
  }

  put(metric: MetricId, values: Distribution, unit: StandardUnit): void {
    this.record(metric, this.clock.now(), values, unit);
  }

  /** Takes values of some moment. */
  record(metric: MetricId, at: Date, values: Distribution, unit = 'None'): void {
    const key = keyOf(metric);
    const start = Math.floor(at.getTime() / this.slotMs) * this.slotMs;
    const slots = this.slots.get(key) ?? [];
    this.slots.set(key, slots);
    const present = slots.findLast((slot) => slot.at === start && slot.unit === unit);
    if (present === undefined) {
      slots.push({ at: start, unit, values: copyOf(values) });
    } else {
      addTo(present.values, values);
    }
    this.sinceForgotten += 1;
    if (this.sinceForgotten >= forgetEvery) {
      this.forget();
    }
  }

  /** What was measured from a moment on and before another, in milliseconds; `undefined` when nothing was. */
  between(metric: MetricId, from: number, to: number, unit?: string): Distribution | undefined {
    let total: Distribution | undefined;
    for (const slot of this.slots.get(keyOf(metric)) ?? []) {
      if (slot.at >= from && slot.at < to && (unit === undefined || slot.unit === unit)) {
        total ??= noValues();
        addTo(total, slot.values);
      }
    }
    return total;
  }

  private forget(): void {
    this.sinceForgotten = 0;
    const oldest = this.clock.now().getTime() - this.clock.lasts(keptSeconds);
    for (const [key, slots] of this.slots) {
      const kept = slots.filter(({ at }) => at >= oldest);
      if (kept.length === 0) {
        this.slots.delete(key);
      } else {
        this.slots.set(key, kept);
      }
    }
  }
}

function keyOf({ namespace, name, dimensions }: MetricId): string {
  return JSON.stringify([
    namespace,
    name,
    ...Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);
}
