import type { Call } from '../../edge/call';
import { isForm } from '../../edge/call';

/** What a call of a JSON or query protocol says. */
export interface Parameters {
  readonly region: string;
  /** A parameter of the topmost level that is a text. */
  readonly text: (name: string) => string | undefined;
}

/** Reads a body of JSON, a form, or a query; what is neither has no parameters. */
export function readParameters(
  { headers, path }: Pick<Call, 'headers' | 'path'>,
  body: Buffer,
  region: string,
): Parameters {
  if (isForm(headers) || body.length === 0) {
    const form = new URLSearchParams(body.length > 0 ? body.toString('utf8') : path.split('?')[1]);
    return { region, text: (name) => form.get(name) ?? undefined };
  }
  const members = jsonMembers(body);
  return {
    region,
    text: (name) => {
      const value = members.get(name);
      return typeof value === 'string' ? value : undefined;
    },
  };
}

function jsonMembers(body: Buffer): Map<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
  } catch {
    return new Map();
  }
}
