/**
 * What the whole story needs beyond the defaults of the configuration, as environment variables for the synthesis: the web
 * tier for act 9. A variable of the caller's own wins.
 */
export function storyEnvironment(variables: NodeJS.ProcessEnv = process.env): Record<string, string> {
  return { UPLOAD_PIPELINE_WEB_TIER: variables.UPLOAD_PIPELINE_WEB_TIER ?? 'true' };
}
