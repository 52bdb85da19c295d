export * from './configuration';
export * from './load';
