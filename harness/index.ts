export type { Call } from './edge/call';
export type { CallMatcher, Failure, Faults, Hold } from './edge/faults';
export { type Verdict, describeVerdict } from './faults/verdict';
export type { WorkerInstance } from './lab/acts/stage';
export type { LabOutputs } from './lab/outputs';
export { TeamLab, type TeamLabOptions, startLab } from './team-lab';
