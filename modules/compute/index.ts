export * from './instance-fleet';
export * from './instance-role';
export * from './queue-scaling';
export * from './user-data';
export * from './worker-fleet';
