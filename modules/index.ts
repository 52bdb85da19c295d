export * from './compute';
export * from './messaging';
export * from './network';
export * from './pipeline';
export * from './storage';
export { ValidationError } from './validation';
