export * from './artifact-bucket';
export * from './existing-upload-bucket';
export * from './upload-bucket';
export * from './upload-bucket-base';
