export * from './artifact-bucket';
export * from './upload-bucket';
