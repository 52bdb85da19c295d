import { EnvironmentError } from '../instance/environment';
import { readEnvironment } from './environment';

const complete = {
  AWS_REGION: 'us-east-2',
  UPLOAD_BUCKET: 'films',
  UPLOADS_PREFIX: 'uploads/',
  PROCESSED_PREFIX: 'processed/',
};

describe("the site's environment", () => {
  it('fills in the defaults', () => {
    expect(readEnvironment(complete)).toEqual({
      region: 'us-east-2',
      bucket: 'films',
      uploadsPrefix: 'uploads/',
      processedPrefix: 'processed/',
      host: undefined,
      port: 8080,
      maxUploadBytes: 2 * 1024 ** 3,
      drainSeconds: 20,
      logLevel: 'info',
    });
  });

  it('takes what is set', () => {
    const set = {
      HOST: '127.0.0.1',
      PORT: '0',
      MAX_UPLOAD_BYTES: '5368709120',
      DRAIN_SECONDS: '0',
      LOG_LEVEL: 'debug',
    };
    expect(readEnvironment({ ...complete, ...set })).toMatchObject({
      host: '127.0.0.1',
      port: 0,
      maxUploadBytes: 5 * 1024 ** 3,
      drainSeconds: 0,
      logLevel: 'debug',
    });
  });

  it.each([
    ['UPLOAD_BUCKET', undefined, 'UPLOAD_BUCKET: is not set'],
    ['PROCESSED_PREFIX', 'processed', 'a prefix must end with "/"'],
    ['PORT', '65536', 'PORT: got "65536"'],
    ['MAX_UPLOAD_BYTES', '5368709121', 'S3 takes files of up to 5368709120 bytes from a form'],
    ['DRAIN_SECONDS', '-1', 'at least 0 seconds'],
  ])('refuses %s=%s and says what is allowed', (variable, value, expected) => {
    const read = (): unknown => readEnvironment({ ...complete, [variable]: value });
    expect(read).toThrow(EnvironmentError);
    expect(read).toThrow(expected);
  });
});
