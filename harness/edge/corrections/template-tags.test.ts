import { answerCorrections } from './answers';

const correct = answerCorrections.get('ec2:DescribeLaunchTemplateVersions')!;

const tag = (key: string): string => `<item><key>${key}</key><value>v</value></item>`;
const specification = (type: string, ...keys: readonly string[]): string =>
  `<item><resourceType>${type}</resourceType><tagSet>${keys.map(tag).join('')}</tagSet></item>`;
const version = (data: string): string =>
  `<launchTemplateData><imageId>ami-1</imageId>${data}</launchTemplateData>`;

describe('the tags of a launch template', () => {
  it('do not stand in the data of its versions', () => {
    const set = `<tagSpecificationSet>${specification('launch-template', 'Team', 'Cost')}</tagSpecificationSet>`;
    expect(correct(version(set) + version(''))).toBe(version('') + version(''));
  });

  it('leave those of what is launched', () => {
    const instances = specification('instance', 'Name');
    const given = `<tagSpecificationSet>${instances}${specification('launch-template', 'Team')}</tagSpecificationSet>`;
    expect(correct(version(given))).toBe(version(`<tagSpecificationSet>${instances}</tagSpecificationSet>`));
  });
});
