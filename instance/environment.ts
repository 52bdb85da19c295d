import * as z from 'zod';

/** Environment variables, as a process has them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The environment does not say what the program must know; the message names each variable. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

/** A whole number of seconds. */
export const seconds = (name: string, minimum: number, maximum: number): z.ZodType<number> =>
  z.coerce
    .number({ error: `${name} must be a whole number of seconds from ${minimum} to ${maximum}` })
    .int(`${name} must be a whole number of seconds`)
    .min(minimum, `${name} must be at least ${minimum} seconds`)
    .max(maximum, `${name} must be at most ${maximum} seconds`);

/** A folder of the bucket. */
export const prefix = z
  .string()
  .regex(/^[^/].*\/$/u, 'a prefix must end with "/" and not begin with it, as in "uploads/"');

/** Of the structured log. */
export const logLevel = z
  .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
  .default('info');

/**
 * Checks the settings of a program.
 *
 * @param whose the program, as in "the worker's"
 * @throws EnvironmentError naming each variable that is missing or wrong, what was given and what is allowed.
 */
export function checkEnvironment<T>(whose: string, schema: z.ZodType<T>, variables: Variables): T {
  const parsed = schema.safeParse(variables);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    const value = variables[name];
    return `  ${name}: ${value === undefined ? 'is not set' : `got ${JSON.stringify(value)}`}; ${issue.message}`;
  });
  throw new EnvironmentError(
    `${whose} environment is not usable:\n${problems.join('\n')}\nSet these variables (the systemd unit does so on an instance).`,
  );
}
