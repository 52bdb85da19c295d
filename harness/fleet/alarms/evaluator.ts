import type { Clock } from '../clock';
import type { AlarmActions } from './alarm-actions';
import type { Alarm } from './alarm';
import { type AlarmMetrics, alarmMetrics, readPoints } from './alarm-metrics';
import type { AlarmStore } from './alarm-store';
import { breach, decide, evaluationRange, missingDataTreatments } from './evaluation';
import { countersLateMs, isQueueCounter } from './metrics/queue-counters';
import type { MetricStore } from './metrics/store';
import { stateOf } from './reason';

/** Alarms are evaluated once a minute, those of shorter periods once a period. */
const usualIntervalSeconds = 60;

/** Evaluates alarms when it is time, and has done what their new states demand. */
export class AlarmEvaluator {
  constructor(
    private readonly alarms: AlarmStore,
    private readonly metrics: MetricStore,
    private readonly actions: AlarmActions,
    private readonly clock: Clock,
  ) {}

  /**
   * Evaluates every alarm for which another period is over.
   *
   * @returns whether an alarm came into another state.
   */
  async evaluate(): Promise<boolean> {
    let changed = false;
    for (const alarm of this.alarms.alarms.values()) {
      const watched = alarmMetrics(alarm.settings);
      const intervalMs = this.clock.lasts(Math.min(watched.period, usualIntervalSeconds));
      const lateMs = watched.queries.some(({ metric }) => isQueueCounter(metric)) ? countersLateMs : 0;
      const to = Math.floor((this.clock.now().getTime() - lateMs) / intervalMs) * intervalMs;
      if (alarm.evaluatedTo === to) {
        continue;
      }
      alarm.evaluatedTo = to;
      const before = this.decide(alarm, watched, to);
      if (before !== undefined) {
        changed = true;
        await this.actions.perform(alarm, before);
      }
    }
    return changed;
  }

  private decide(alarm: Alarm, watched: AlarmMetrics, to: number): Alarm['state']['value'] | undefined {
    const { settings, state } = alarm;
    const {
      EvaluationPeriods,
      DatapointsToAlarm = EvaluationPeriods,
      ComparisonOperator,
      Threshold,
    } = settings;
    const periodMs = this.clock.lasts(watched.period);
    const range = evaluationRange(EvaluationPeriods);
    const starts = Array.from({ length: range }, (_, index) => to - (range - index) * periodMs);
    const { values, sampleCounts } = readPoints(watched, this.metrics, starts, periodMs);
    const criteria = {
      evaluationPeriods: EvaluationPeriods,
      datapointsToAlarm: DatapointsToAlarm,
      missingData: missingDataTreatments.find((known) => known === settings.TreatMissingData) ?? 'missing',
      breaches: breach(ComparisonOperator, Threshold),
    };
    const decision = decide(values, criteria, state.value);
    alarm.recent = decision.evaluated.flatMap((index) => values[index] ?? []).reverse();
    if (decision.state === state.value) {
      return undefined;
    }
    return this.alarms.setState(
      alarm,
      stateOf({
        criteria,
        decision,
        points: values,
        starts,
        sampleCounts,
        operator: ComparisonOperator,
        threshold: Threshold,
        period: watched.period,
        statistic: settings.Statistic ?? settings.ExtendedStatistic,
        unit: settings.Unit,
        at: this.clock.now(),
      }),
    );
  }
}
