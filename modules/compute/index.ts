export * from './queue-scaling';
export * from './user-data';
export * from './worker-fleet';
export * from './worker-role';
