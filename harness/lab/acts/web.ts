import { ConstantLoad, type LoadReport } from '../constant-load';
import { siteAddress } from '../site';
import { visit } from '../visitor';
import type { Act } from './act';
import type { Stage } from './stage';

/** What must have been answered while one instance goes and another comes, for the load to mean something. */
const enoughAnswers = 50;

export const web: Act = {
  number: 9,
  name: 'web',
  story: 'A person uploads by the site; one web instance is terminated meanwhile, under a load of requests.',
  async play(stage) {
    const { webGroupName, siteUrl } = stage.lab.outputs;
    const site = siteAddress(stage.lab);
    if (site === undefined || webGroupName === undefined) {
      throw new Error('No web tier was applied; switch it on with UPLOAD_PIPELINE_WEB_TIER=true.');
    }
    const before = await webInstancesReady(stage, webGroupName, site);
    stage.say(`the site ${siteUrl ?? ''} is reached at ${site}`);

    await using load = new ConstantLoad([site, `${site}/health`, `${site}/assets/site.css`]);
    await using visitor = await visit(site, stage.say);
    const victim = before[0] ?? '';
    await stage.group.terminateInGroup(victim);
    stage.say(`terminated ${victim}, one of ${before.length} web instances`);

    const key = await visitor.upload('from the site.txt', 'Uploaded by a person.\n');
    const name = key.slice(stage.pipeline.uploadKey('').length);
    stage.history.add({ kind: 'attempted', name });
    stage.history.add({ kind: 'acknowledged', name });
    stage.say(`uploaded ${key} by ${visitor.means}`);
    let state = '';
    await stage.until(
      'the upload processed, on its page',
      async () => {
        state = await visitor.state();
        return state === 'Processed';
      },
      { instead: () => `«${state}»` },
    );
    await stage.processed(name);

    await stage.until(`the end of ${victim}`, () => stage.lab.fleet.body(victim) === undefined);
    const after = await webInstancesReady(stage, webGroupName, site);
    const replacements = after.filter((id) => !before.includes(id));
    stage.must('a replacement by the group', replacements.length === 1 && !after.includes(victim));
    await enough(stage, load);
    const { answered, failures } = await load.stop();
    stage.must(`a load without a failed request (failed: ${failures.join(', ')})`, failures.length === 0);
    return [
      `${visitor.means} uploaded ${key} through the load balancer, and its page came to say «${state}»`,
      `the group replaced ${victim} by ${replacements.join()}`,
      `${answered} requests were answered meanwhile, and none failed`,
    ];
  },
};

/** Waits until the web group has all its instances in service, each healthy to the load balancer; resolves with their ids. */
export async function webInstancesReady(
  stage: Stage,
  webGroupName: string,
  site: string,
): Promise<readonly string[]> {
  const { desiredCapacity } = await stage.group.describe(webGroupName);
  let healthy: readonly string[] = [];
  const ready = await stage.until(
    `${desiredCapacity} web instances in service, and healthy to the load balancer`,
    async () => {
      const { inService } = await stage.group.describe(webGroupName);
      healthy = await stage.group.healthyTargets();
      const ids = inService.map(({ instanceId }) => instanceId).filter((id) => healthy.includes(id));
      return ids.length === desiredCapacity && ids;
    },
    { instead: () => `healthy: ${healthy.join(', ') || 'none'}; ${describeWeb(stage, webGroupName)}` },
  );
  const { ok, status } = await fetch(site);
  stage.must(`the site at ${site} (got ${status})`, ok);
  return ready;
}

function describeWeb(stage: Stage, webGroupName: string): string {
  const instances = stage.lab.fleet.instances().filter(({ groupName }) => groupName === webGroupName);
  return instances.map(({ instanceId, state }) => `${instanceId} ${state}`).join(', ');
}

async function enough(stage: Stage, load: ConstantLoad): Promise<LoadReport> {
  return stage.until(`${enoughAnswers} answered requests`, () => {
    const report = load.report();
    return report.answered + report.failures.length >= enoughAnswers && report;
  });
}
