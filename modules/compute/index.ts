export * from './backlog-tracking';
export * from './fleet-settings';
export * from './instance-fleet';
export * from './instance-role';
export { type Architecture, architectureOf } from './machine-image';
export type { QueueScaling } from './queue-scaling';
export * from './step-scaling';
export * from './user-data';
export * from './worker-fleet';
