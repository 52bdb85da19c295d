import { type TeamLab, describeVerdict, startLab } from 'upload-pipeline/harness';

describe('our pipeline', () => {
  let lab: TeamLab;

  beforeAll(async () => {
    lab = await startLab({ config: { visibilityTimeoutSeconds: 5 } });
    await lab.ready();
  }, 300_000);

  afterAll(async () => {
    // There is none where the start failed.
    await (lab as TeamLab | undefined)?.close();
  });

  it('processes what is uploaded', async () => {
    await lab.upload('hello.txt', 'hello');
    await lab.processed('hello.txt');
    expect(await lab.result('hello.txt')).toBe('hello');
  });

  it('keeps a task while its worker is down, and loses nothing when a host fails', async () => {
    const [one, other] = await lab.ready();
    await lab.killWorker(one!);

    // A worker is surely in the middle of its task once a copy is held.
    const copying = lab.faults.hold(
      ({ service, headers }) => service === 's3' && 'x-amz-copy-source' in headers,
    );
    await lab.upload('film.txt');
    await copying.caught;
    await lab.fleet.kill(other!.instanceId);
    copying.release();

    await lab.drained();
    const verdict = await lab.verdict();
    expect(describeVerdict(verdict)).toBe(
      'all 2 acknowledged uploads are processed once; nothing is lost, nothing unexpected',
    );
  }, 300_000);
});
