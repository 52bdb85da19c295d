import type { ProbeResult } from './probe';
import { LoadBalancingUnderTest, closeServices } from '../testing/service';
import { closeTargets, httpTarget } from '../testing/target';

afterEach(async () => {
  await closeServices();
  await closeTargets();
});

const failed: ProbeResult = {
  passed: false,
  reason: 'Target.ResponseCodeMismatch',
  description: 'Health checks failed with these codes: [500]',
};
const passed: ProbeResult = { passed: true };

/** One target, checked every 10 seconds, healthy after 3 passes and unhealthy after 2 failures in a row. */
async function one(first: ProbeResult): Promise<{
  readonly lab: LoadBalancingUnderTest;
  readonly group: string;
  readonly state: () => Promise<string | undefined>;
  readonly checks: (...results: ProbeResult[]) => Promise<void>;
}> {
  const lab = await LoadBalancingUnderTest.start();
  lab.probes.set('127.0.0.1', first);
  const { group } = await lab.balanced([{ host: '127.0.0.1', port: 9 }]);
  return {
    lab,
    group,
    state: async () => (await lab.health(group))[0]?.State,
    checks: async (...results) => {
      for (const result of results) {
        lab.probes.set('127.0.0.1', result);
        await lab.pass(10);
      }
    },
  };
}

describe('the health of a target (target-group-health-checks.html)', () => {
  it('is good after one check that passes, when it is new', async () => {
    const { lab, group } = await one(passed);
    expect(await lab.health(group)).toEqual([{ State: 'healthy' }]);
  });

  it('is initial until checks have said something', async () => {
    const { lab, group, state, checks } = await one(failed);
    expect(await lab.health(group)).toEqual([
      {
        State: 'initial',
        Reason: 'Elb.InitialHealthChecking',
        Description: 'Initial health checks in progress',
      },
    ]);
    await checks(failed);
    expect(await state()).toBe('unhealthy');
  });

  it('turns bad after as many failures in a row as the unhealthy threshold says, and says why', async () => {
    const { lab, group, state, checks } = await one(passed);
    await checks(failed, passed, failed);
    expect(await state()).toBe('healthy');
    await checks(failed);
    expect(await lab.health(group)).toEqual([
      {
        State: 'unhealthy',
        Reason: 'Target.ResponseCodeMismatch',
        Description: 'Health checks failed with these codes: [500]',
      },
    ]);
  });

  it('turns good again after as many passes in a row as the healthy threshold says', async () => {
    const { state, checks } = await one(passed);
    await checks(failed, failed, passed, passed);
    expect(await state()).toBe('unhealthy');
    await checks(passed);
    expect(await state()).toBe('healthy');
  });

  it('is asked for once an interval', async () => {
    const { lab, state } = await one(passed);
    lab.probes.set('127.0.0.1', failed);
    await lab.pass(10);
    for (let second = 0; second < 9; second += 1) {
      await lab.pass(1);
    }
    expect(await state()).toBe('healthy');
    await lab.pass(1);
    expect(await state()).toBe('unhealthy');
  });

  it('follows intervals that time compression makes shorter', async () => {
    const lab = await LoadBalancingUnderTest.start(10);
    const { group } = await lab.balanced([{ host: '127.0.0.1', port: 9 }]);
    lab.probes.set('127.0.0.1', failed);
    await lab.pass(1);
    await lab.pass(1);
    expect((await lab.health(group))[0]?.State).toBe('unhealthy');
  });

  it('is not asked for while no listener forwards to the target group', async () => {
    const { lab, group } = await one(passed);
    const { LoadBalancers } = await lab.client.describeLoadBalancers({});
    await lab.client.deleteLoadBalancer({ LoadBalancerArn: LoadBalancers![0]!.LoadBalancerArn });
    expect(await lab.health(group)).toMatchObject([{ State: 'unused', Reason: 'Target.NotInUse' }]);
  });
});

describe('an instance as a target', () => {
  async function instance(): Promise<{ readonly lab: LoadBalancingUnderTest; readonly group: string }> {
    const lab = await LoadBalancingUnderTest.start();
    lab.network.states.set('i-00000001', 'running');
    lab.addresses.set('i-00000001', '127.0.0.1');
    const { group } = await lab.balanced([], { TargetType: 'instance' });
    await lab.client.registerTargets({ TargetGroupArn: group, Targets: [{ Id: 'i-00000001' }] });
    await lab.pass(0);
    return { lab, group };
  }

  it('is unused while it is stopped, and begins anew when it is started', async () => {
    const { lab, group } = await instance();
    expect(await lab.health(group)).toEqual([{ State: 'healthy' }]);
    lab.network.states.set('i-00000001', 'stopped');
    await lab.pass(0);
    expect(await lab.health(group)).toMatchObject([{ State: 'unused', Reason: 'Target.InvalidState' }]);
    lab.network.states.set('i-00000001', 'running');
    lab.probes.set('127.0.0.1', failed);
    await lab.pass(10);
    expect((await lab.health(group))[0]?.State).toBe('initial');
  });

  it.each(['terminated', undefined])('is deregistered by itself once EC2 says it is %s', async (state) => {
    const { lab, group } = await instance();
    if (state === undefined) {
      lab.network.states.delete('i-00000001');
    } else {
      lab.network.states.set('i-00000001', state);
    }
    await lab.pass(0);
    expect(await lab.health(group)).toEqual([]);
  });

  it('fails its checks while nothing can be reached at it', async () => {
    const { lab, group } = await instance();
    lab.addresses.delete('i-00000001');
    await lab.pass(10);
    await lab.pass(10);
    expect(await lab.health(group)).toMatchObject([
      { State: 'unhealthy', Reason: 'Target.FailedHealthChecks' },
    ]);
  });

  it('is unused in a zone that its load balancer is not in', async () => {
    const { lab, group } = await instance();
    const { LoadBalancers } = await lab.client.describeLoadBalancers({});
    await lab.client.setSubnets({
      LoadBalancerArn: LoadBalancers![0]!.LoadBalancerArn,
      Subnets: ['subnet-b', 'subnet-c'],
    });
    expect(await lab.health(group)).toMatchObject([{ State: 'unused', Reason: 'Target.NotInUse' }]);
  });
});

describe('a target that is deregistered (edit-target-group-attributes.html, deregistration delay)', () => {
  async function draining(): Promise<{
    readonly lab: LoadBalancingUnderTest;
    readonly group: string;
    readonly url: string;
    readonly answer: Promise<Response>;
    readonly release: () => void;
  }> {
    const lab = await LoadBalancingUnderTest.start();
    const held = Promise.withResolvers<undefined>();
    const asked = Promise.withResolvers<undefined>();
    const target = await httpTarget((_request, response) => {
      asked.resolve(undefined);
      void held.promise.then(() => response.end('late'));
    });
    const { url, group } = await lab.balanced([target]);
    const answer = fetch(url);
    await asked.promise;
    await lab.client.deregisterTargets({
      TargetGroupArn: group,
      Targets: [{ Id: target.host, Port: target.port }],
    });
    return {
      lab,
      group,
      url,
      answer,
      release: () => {
        held.resolve(undefined);
      },
    };
  }

  it('drains: it gets no new requests, and answers those that it has', async () => {
    const { lab, group, url, answer, release } = await draining();
    expect(await lab.health(group)).toEqual([
      {
        State: 'draining',
        Reason: 'Target.DeregistrationInProgress',
        Description: 'Target deregistration is in progress',
      },
    ]);
    expect((await fetch(url)).status).toBe(503);
    release();
    expect(await (await answer).text()).toBe('late');
    await lab.pass(299);
    expect((await lab.health(group))[0]?.State).toBe('draining');
    await lab.pass(1);
    expect(await lab.health(group)).toEqual([]);
  });

  it('has its requests answered with 502 when the delay is over', async () => {
    const { lab, answer } = await draining();
    await lab.pass(300);
    expect((await answer).status).toBe(502);
  });

  it('can be registered again before that', async () => {
    const { lab, group, answer, release } = await draining();
    const [{ Target } = {}] = (await lab.client.describeTargetHealth({ TargetGroupArn: group }))
      .TargetHealthDescriptions!;
    await lab.client.registerTargets({ TargetGroupArn: group, Targets: [Target!] });
    await lab.pass(300);
    expect((await lab.health(group))[0]?.State).toBe('healthy');
    release();
    expect((await answer).status).toBe(200);
  });
});
