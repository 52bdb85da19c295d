import { readFile, readdir } from 'node:fs/promises';

import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { EC2 } from '@aws-sdk/client-ec2';

import { openRoom } from '../../harness/fleet/testing/room';
import { eventually } from '../../harness/lab/wait';
import { machine } from '../machine';
import { say, table } from '../table';

const instances = 100;
const limitSeconds = 120;
const region = 'us-east-2';

/** What each instance runs: a service under the init system, as a worker is, that does nothing but be there. */
const userData = `#!/bin/bash
cat > /etc/systemd/system/idle.service <<'UNIT'
[Service]
ExecStart=/bin/sleep infinity
Restart=always
[Install]
WantedBy=multi-user.target
UNIT
systemctl enable --now idle
`;

interface Process {
  readonly pid: number;
  readonly parent: number;
}

async function processes(): Promise<Process[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      return { pid: Number(pid), parent: Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]) };
    }),
  );
  return found;
}

/** Memory of this process's descendants that run in other pid namespaces: the bodies. Shared pages count by their share. */
async function memoryOfBodies(): Promise<{ readonly bytes: number; readonly processes: number }> {
  const all = await processes();
  const own = new Set([process.pid]);
  for (let grown = true; grown;) {
    const children = all.filter(({ pid, parent }) => own.has(parent) && !own.has(pid));
    children.forEach(({ pid }) => own.add(pid));
    grown = children.length > 0;
  }
  const sizes = await Promise.all(
    [...own].map(async (pid) => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      if ((/^NSpid:\s+(.*)/m.exec(status)?.[1] ?? '').split(/\s+/).length < 2) {
        return undefined;
      }
      const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
      return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) * 1_024;
    }),
  );
  const bodies = sizes.filter((size) => size !== undefined);
  return { bytes: bodies.reduce((sum, size) => sum + size, 0), processes: bodies.length };
}

/** Tells a count each time that it has changed. */
function progress(what: string): (count: number) => void {
  let told: number | undefined;
  return (count) => {
    if (count !== told) {
      told = count;
      say(`${count} ${what}`);
    }
  };
}

/** Launches a group of 100 instances, and prints how long that took and what memory their bodies have. */
async function hundred(): Promise<void> {
  await using room = await openRoom(`.lab/bench-${process.pid}`, region);
  const common = {
    endpoint: room.endpoint,
    region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const ec2 = new EC2(common);
  const autoScaling = new AutoScaling(common);
  await ec2.createLaunchTemplate({
    LaunchTemplateName: 'idle',
    LaunchTemplateData: {
      ImageId: 'ami-12345678',
      InstanceType: 't3.micro',
      UserData: Buffer.from(userData).toString('base64'),
    },
  });
  const begun = performance.now();
  const seconds = (): number => (performance.now() - begun) / 1_000;
  await autoScaling.createAutoScalingGroup({
    AutoScalingGroupName: 'hundred',
    MinSize: instances,
    MaxSize: instances,
    LaunchTemplate: { LaunchTemplateName: 'idle' },
    AvailabilityZones: [`${region}a`, `${region}b`],
  });
  const inServiceNow = progress('in service');
  await eventually(
    `${instances} instances in service`,
    async () => {
      const { AutoScalingGroups } = await autoScaling.describeAutoScalingGroups({});
      const states = AutoScalingGroups?.[0]?.Instances?.map(({ LifecycleState }) => LifecycleState) ?? [];
      const count = states.filter((state) => state === 'InService').length;
      inServiceNow(count);
      return count === instances;
    },
    { seconds: limitSeconds },
  );
  const inService = seconds();
  const finishedNow = progress('have finished their user data');
  await eventually(
    `${instances} finished user data scripts`,
    async () => {
      const consoles = await Promise.all(
        room.fleet
          .instances()
          .flatMap(({ instanceId }) => room.fleet.body(instanceId) ?? [])
          .map((body) => body.consoleOutput()),
      );
      const count = consoles.filter((text) => text.includes('user data finished')).length;
      finishedNow(count);
      return count === instances;
    },
    { seconds: limitSeconds },
  );
  const booted = seconds();
  const memory = await memoryOfBodies();
  const ended = performance.now();
  await autoScaling.deleteAutoScalingGroup({ AutoScalingGroupName: 'hundred', ForceDelete: true });
  await eventually(
    'no body left',
    () => room.fleet.instances().every(({ instanceId }) => room.fleet.body(instanceId) === undefined),
    { seconds: limitSeconds },
  );
  const gone = (performance.now() - ended) / 1_000;
  ec2.destroy();
  autoScaling.destroy();

  const megabytes = memory.bytes / 1_048_576;
  console.log(`${machine()}\n`);
  const rows = [
    ['until all are in service', `${inService.toFixed(1)} s`],
    ['until all have finished their user data', `${booted.toFixed(1)} s`],
    ['until all bodies are gone after the group was deleted by force', `${gone.toFixed(1)} s`],
    [
      'memory of all bodies',
      `${megabytes.toFixed(0)} MB in ${memory.processes} processes, ${(megabytes / instances).toFixed(1)} MB a body`,
    ],
  ];
  console.log(table(['100 instances in one group', ''], rows));
}

void hundred();
