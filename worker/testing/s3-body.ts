export { Body } from '../../testing/s3/body';
