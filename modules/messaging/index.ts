export * from './existing-task-queue';
export * from './queue-subscription';
export * from './task-queue';
export * from './task-queue-base';
export * from './upload-topic';
