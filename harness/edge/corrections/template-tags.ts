/** Tags of the template itself, in the description of a version. Values are escaped, so none ends the set. */
const ofTemplate = /<item><resourceType>launch-template<\/resourceType><tagSet>.*?<\/tagSet><\/item>/gs;

/**
 * LocalStack adds the tags that a launch template is made with to the data of its first version, where EC2 knows only tags of
 * what is launched. Terraform would then change the template, and with it its group, in every plan.
 *
 * @param description EC2's answer to DescribeLaunchTemplateVersions.
 */
export function withoutTemplateTags(description: string): string {
  return description.replaceAll(ofTemplate, '').replaceAll('<tagSpecificationSet></tagSpecificationSet>', '');
}
