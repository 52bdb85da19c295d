import { labOutputs } from '../outputs';
import { printTry } from './print';

const named = Object.fromEntries(Object.keys(labOutputs.shape).map((name) => [name, name]));

describe('the commands to try', () => {
  it('name endpoint and region as both versions of the AWS CLI and the SDKs read them', () => {
    const outputs = labOutputs.parse({ ...named, region: 'eu-west-1' });
    expect(printTry({ endpoint: 'http://127.0.0.1:4566', outputs })).toContain(
      'export AWS_ENDPOINT_URL=http://127.0.0.1:4566 AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1 ',
    );
  });
});
