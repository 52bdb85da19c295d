export * from './task-queue';
export * from './upload-topic';
