export * from './alarm-topic';
export * from './dashboard';
export * from './observability';
export * from './pipeline-alarms';
