import { withoutTemplateTags } from './template-tags';

/** What is put right of the emulator's answers, by service and action. docs/decisions/corrections.md says why. */
export const answerCorrections: ReadonlyMap<string, (content: string) => string> = new Map([
  ['ec2:DescribeLaunchTemplateVersions', withoutTemplateTags],
]);
