import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type SynthesizedStack, synthesize } from './synthesize';

const endpoint = 'http://127.0.0.1:4566';

describe('an app that is to be applied in a lab', () => {
  let project: string;

  beforeEach(async () => {
    project = await mkdtemp(join(tmpdir(), 'synthesize-'));
  });

  afterEach(() => rm(project, { recursive: true }));

  /** By an app that writes these providers, whatever it is told. */
  async function synthesized(
    aws: readonly object[],
    environment: Readonly<Record<string, string>>,
  ): Promise<SynthesizedStack> {
    const files = {
      'manifest.json': { stacks: { films: { name: 'films', workingDirectory: '.' } } },
      'cdk.tf.json': { provider: { aws } },
    };
    for (const [name, content] of Object.entries(files))
      await writeFile(join(project, name), JSON.stringify(content));
    const app = 'mkdir "$CDKTF_OUTDIR" && cp manifest.json cdk.tf.json "$CDKTF_OUTDIR"';
    await writeFile(join(project, 'cdktf.json'), JSON.stringify({ app }));
    return synthesize({ project, outputFolder: join(project, 'out'), environment });
  }

  const here = { region: 'us-east-2', endpoints: [{ s3: endpoint, sqs: endpoint }] };

  it('is taken where its provider has the endpoint of the lab', async () => {
    await expect(synthesized([here], { UPLOAD_PIPELINE_ENDPOINT: endpoint })).resolves.toMatchObject({
      name: 'films',
    });
  });

  it.each([
    ['no endpoints', [{ region: 'us-east-2' }]],
    ['no endpoints', [here, { region: 'us-east-1', alias: 'other' }]],
    [
      'the endpoint https://sqs.example',
      [{ ...here, endpoints: [{ s3: endpoint, sqs: 'https://sqs.example' }] }],
    ],
  ])('is refused where its provider has %s: it would change an account', async (problem, providers) => {
    await expect(synthesized(providers, { UPLOAD_PIPELINE_ENDPOINT: endpoint })).rejects.toThrow(
      `The app's AWS provider has ${problem}, so it would be applied elsewhere than in the lab. It must take the endpoint from UPLOAD_PIPELINE_ENDPOINT (here ${endpoint})`,
    );
  });

  it('is free where no endpoint was given, as for a scan', async () => {
    await expect(synthesized([{ region: 'us-east-2' }], {})).resolves.toMatchObject({ region: 'us-east-2' });
  });
});
