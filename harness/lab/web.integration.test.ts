import { AutoScaling } from '@aws-sdk/client-auto-scaling';

import { administrator } from '../support/account';
import { type Applied, applied } from '../testing/applied';
import { unexplainedGrants } from '../testing/unexplained-grants';
import type { Stage } from './acts/stage';
import { web, webInstancesReady } from './acts/web';
import { openBrowser } from './browser';
import { ConstantLoad } from './constant-load';
import type { Lab } from './lab';
import { siteAddress } from './site';

/** A minute lasts three seconds. */
const timeFactor = 20;

describe('the web tier that Terraform applied', () => {
  let pipeline: Applied;
  let lab: Lab;
  let stage: Stage;
  let site: string;

  beforeAll(async () => {
    pipeline = await applied({
      environment: { UPLOAD_PIPELINE_WEB_TIER: 'true' },
      timeFactor,
    });
    ({ lab, stage } = pipeline);
    site = siteAddress(lab)!;
    await webInstancesReady(stage, lab.outputs.webGroupName!, site);
  }, 600_000);

  afterAll(async () => {
    await pipeline[Symbol.asyncDispose]();
  });

  it('finds nothing to change in a second plan', async () => {
    expect(await lab.terraform.plan()).toMatchObject({ changes: false, changed: [] });
  });

  it('takes an upload, loses no request while an instance is replaced, and shows the result', async () => {
    expect(await web.play(stage)).toHaveLength(3);
  });

  it('takes the first of the files that are dropped on its form, and says so', async () => {
    await using browser = await openBrowser();
    const page = await browser.newPage();
    await page.goto(site);
    const dataTransfer = await page.evaluateHandle(`
      const dropped = new DataTransfer();
      for (const name of ['first.txt', 'second.txt']) dropped.items.add(new File([name], name));
      dropped;
    `);
    await page.locator('.file').dispatchEvent('drop', { dataTransfer });
    expect(await page.getByRole('alert').textContent()).toBe(
      'One file at a time: only first.txt is uploaded.',
    );
    await page.getByRole('button', { name: 'Upload' }).click();
    await page.waitForURL('**/uploads?*');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('first.txt');
  });

  it('sends people to both instances, and to none of the workers', async () => {
    const healthy = await stage.group.healthyTargets();
    const workers = (await stage.members()).map(({ instanceId }) => instanceId);
    expect(healthy).toHaveLength(2);
    expect(healthy.filter((id) => workers.includes(id))).toEqual([]);
  });

  it('shows a result only by a signed link', async () => {
    await stage.upload('plain.txt', 'plain');
    await stage.processed('plain.txt');
    const answer = await fetch(`${site}/files?name=plain.txt`, { redirect: 'manual' });
    const link = new URL(answer.headers.get('location')!);
    expect(await (await fetch(link)).text()).toBe('plain');
    link.search = '';
    expect((await fetch(link)).status).toBe(403);
  });

  it('gives the web role no permission that it does not use, but for a written reason, and refuses it nothing', async () => {
    const { webGroupName } = lab.outputs;
    const used = (await lab.access.usedGrants()).filter(({ roleName }) => roleName === webGroupName);
    expect(new Set(used.map(({ sid }) => sid))).toEqual(
      new Set(['DownloadArtifacts', 'Upload', 'List', 'ReadResults']),
    );
    const unexplained = await unexplainedGrants(lab.access);
    expect(unexplained.filter(({ roleName }) => roleName === webGroupName)).toEqual([]);
    // An instance signs as a session of its role; nobody signed what the test before tried.
    expect(lab.access.denials.filter(({ principal }) => principal !== 'anonymous')).toEqual([]);
  });

  it('grows when more requests come for each target than its policy wants', async () => {
    const common = { endpoint: lab.endpoint, region: lab.outputs.region, credentials: administrator };
    const autoScaling = new AutoScaling(common);
    const AutoScalingGroupName = lab.outputs.webGroupName!;
    const { ScalingPolicies } = await autoScaling.describePolicies({ AutoScalingGroupName });
    const { PolicyName, PolicyType, TargetTrackingConfiguration } = ScalingPolicies![0]!;
    await autoScaling.putScalingPolicy({
      AutoScalingGroupName,
      PolicyName,
      PolicyType,
      // Few: a minute lasts three seconds here, and a machine with other work may answer little in one of three in a row.
      TargetTrackingConfiguration: { ...TargetTrackingConfiguration, TargetValue: 4 },
    });
    await using load = new ConstantLoad([site]);
    await stage.until('a third target that is healthy', async () => {
      const targets = await stage.group.healthyTargets();
      return targets.length > 2;
    });
    expect((await load.stop()).failures).toEqual([]);
    const { Activities } = await autoScaling.describeScalingActivities({ AutoScalingGroupName });
    expect(Activities!.map(({ Cause }) => Cause).join()).toContain('AlarmHigh');
    autoScaling.destroy();
  });

  it('had no trouble in the fleet all along', () => {
    expect(pipeline.problems).toEqual([]);
  });
});
