import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { eventually } from '../../lab/wait';
import { type TestGround, openGround } from '../../testing/ground';
import type { Body } from './body';

/** A unit that counts its starts and then stays. */
const unit = `cat > /etc/systemd/system/counter.service <<'UNIT'
[Service]
ExecStart=/bin/sh -c 'echo started by $(id -un) with $AWS_ENDPOINT_URL; exec sleep 1000'
Restart=always
RestartSec=1
[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable --now counter.service
`;

describe('a body', () => {
  let ground: TestGround;
  let outside: Server;
  let instances = 0;

  beforeAll(async () => {
    ground = await openGround();
    outside = createServer((request, response) => response.end(`asked for ${request.url ?? ''}`));
    outside.listen(0, '127.0.0.1');
    await once(outside, 'listening');
  }, 600_000);

  afterAll(async () => {
    await ground.close();
    outside.close();
  }, 60_000);

  function boot(userData: string): Promise<Body> {
    instances += 1;
    return bootAs(`i-${instances}`, userData);
  }

  async function bootAs(instanceId: string, userData: string): Promise<Body> {
    const url = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
    return ground.bodies.boot({
      instanceId,
      privateIpAddress: '10.0.1.23',
      userData: Buffer.from(userData),
      metadataEndpoint: url,
      endpoint: url,
    });
  }

  /** Waits for the console to say something, and gives all that it says then. */
  async function consoleSaying(body: Body, text: string): Promise<string> {
    return eventually(
      `«${text}» on the console`,
      async () => {
        const console = await body.consoleOutput();
        return console.includes(text) && console;
      },
      {
        instead: () => body.consoleOutput(),
      },
    );
  }

  async function journalSays(body: Body, times: number): Promise<void> {
    await eventually(
      `${times} starts`,
      async () => (await body.journal('counter.service')).split('started').length - 1 === times,
      { instead: () => body.journal('counter.service') },
    );
  }

  it('runs the user data as root at its first boot, and keeps what it prints on the console', async () => {
    const body = await boot('#!/bin/bash\necho "I am $(id -un) on $(hostname)"; echo trouble >&2\n');
    const console = await consoleSaying(body, 'cloud-init: user data finished');
    expect(console).toContain('I am root on ip-10-0-1-23');
    expect(console).toContain('trouble');
    await body.kill();
    expect(await body.consoleOutput()).toBe(console);
  }, 60_000);

  it('says on the console that the user data failed', async () => {
    const body = await boot('#!/bin/bash\nexit 7\n');
    const console = await consoleSaying(body, 'cloud-init: user data failed');
    expect(console).toContain('exit code 7: this instance will not work');
    await body.kill();
  }, 60_000);

  it('says on the console that there is none, or none that it runs', async () => {
    const [none, unknown] = await Promise.all([boot(''), boot('#cloud-config\n')]);
    expect(await consoleSaying(none, 'cloud-init:')).toContain('there is no user data');
    expect(await consoleSaying(unknown, 'cloud-init:')).toContain(
      'user data was not run: it is cloud-config',
    );
    await Promise.all([none.kill(), unknown.kill()]);
  }, 60_000);

  it('reaches the edge and its metadata under the URLs of the machine it runs on', async () => {
    const body = await boot(
      '#!/bin/bash\ncurl -s "$AWS_ENDPOINT_URL/a"; curl -s "$AWS_EC2_METADATA_SERVICE_ENDPOINT/b"\n',
    );
    expect(await consoleSaying(body, 'user data finished')).toContain('asked for /aasked for /b');
    await body.kill();
  }, 60_000);

  it('brings what an AMI brings: bash, tar, Node, the AWS CLI, systemctl and journalctl', async () => {
    const body = await boot('');
    for (const program of ['bash', 'tar', 'node', 'aws', 'systemctl', 'journalctl', 'ffmpeg', 'ffprobe']) {
      expect(await body.run(['sh', '-c', `command -v ${program}`])).toMatchObject({ exitCode: 0 });
    }
    expect((await body.run(['node', '--print', '6 * 7'])).stdout.trim()).toBe('42');
    expect((await body.run(['aws', '--version'])).stdout).toMatch(/^aws-cli\//);
    await body.kill();
  }, 60_000);

  it('runs units, starts them again when they die, and keeps their journals after its own end', async () => {
    const body = await boot(`#!/bin/bash\n${unit}`);
    await journalSays(body, 1);
    expect((await body.run(['systemctl', 'is-active', 'counter.service'])).stdout.trim()).toBe('active');
    await body.run(['pkill', '-9', 'sleep']);
    await journalSays(body, 2);
    expect(await body.journal('counter.service')).toMatch(/started by root with http:/);
    expect((await body.run(['journalctl', '-u', 'counter', '-n', '1'])).stdout).toContain('started');
    const journal = await body.journal('counter.service');
    await body.kill();
    expect(await body.journal('counter.service')).toBe(journal);
    expect(await body.journal('never.service')).toBe('');
  }, 60_000);

  it('boots again from its own disk: its units start, and its user data is not run again', async () => {
    const userData = `#!/bin/bash\necho once >>/root/ran\necho 'keeper:x:1000:1000::/home/keeper:/bin/sh' >>/etc/passwd\n${unit}`;
    const first = await boot(userData);
    const { instanceId } = first;
    await journalSays(first, 1);
    await first.kill();
    const again = await bootAs(instanceId, userData);
    await journalSays(again, 2);
    expect(await again.consoleOutput()).toContain('the user data ran at the first boot');
    expect((await again.run(['cat', '/root/ran'])).stdout.trim()).toBe('once');
    expect((await again.run(['id', '-un', 'keeper'])).stdout.trim()).toBe('keeper');
    expect((await again.run(['systemctl', 'is-active', 'counter.service'])).stdout.trim()).toBe('active');
    expect((await again.run(['sh', '-c', 'curl -s $AWS_ENDPOINT_URL/a'])).stdout).toBe('asked for /a');
    await again.kill();
    await ground.bodies.discard(instanceId);
    const anew = await bootAs(instanceId, userData);
    await journalSays(anew, 3);
    expect((await anew.run(['cat', '/root/ran'])).stdout.trim()).toBe('once');
    await anew.kill();
  }, 120_000);

  it('runs commands as root, with their exit code and what they print', async () => {
    const body = await boot('');
    expect(await body.run(['sh', '-c', 'id -u; echo $HOME; echo bad >&2; exit 3'])).toEqual({
      exitCode: 3,
      stdout: expect.stringMatching(/^0\n\/root\n?$/) as string,
      stderr: expect.stringMatching(/^bad\n?$/) as string,
    });
    await body.kill();
    expect(await body.run(['true'])).not.toMatchObject({ exitCode: 0 });
  }, 60_000);

  it('tells the processor time of all that runs in it, and of what has ended, until its own end', async () => {
    const [busy, idle] = await Promise.all([
      boot('#!/bin/bash\n(for ((i = 0; i < 300000; i++)); do :; done)\n(while :; do :; done) &\n'),
      boot(''),
    ]);
    await consoleSaying(busy, 'user data finished');
    await consoleSaying(idle, 'there is no user data');
    const [used = 0, little = 0] = await Promise.all([busy.cpuSeconds(), idle.cpuSeconds()]);
    expect(used).toBeGreaterThan(little + 0.1);
    await eventually('more time', async () => ((await busy.cpuSeconds()) ?? 0) > used + 0.5);
    await Promise.all([busy.kill(), idle.kill()]);
    expect(await busy.cpuSeconds()).toBeUndefined();
  }, 60_000);

  it('is reached at its address when something listens there, and not after its end', async () => {
    const body = await boot('');
    const serve = ['python3', '-m', 'http.server', '8123', '--bind', body.address!];
    void body.run(serve);
    const url = `http://${body.address}:8123/`;
    await eventually('an answer', async () => (await fetch(url).catch(() => undefined))?.ok);
    await body.kill();
    await expect(fetch(url, { signal: AbortSignal.timeout(5_000) })).rejects.toThrow();
  }, 60_000);

  it('dies as one, by a signal, and is killed once however often it is told to', async () => {
    const body = await boot(`#!/bin/bash\n${unit}`);
    await journalSays(body, 1);
    await Promise.all([body.kill(), body.kill()]);
    await body.kill();
    expect(await body.exited).toMatchObject({ exitCode: null });
  }, 60_000);
});
