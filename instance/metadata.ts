import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

/** Seconds that a session token of the metadata service is valid, at most 21600. */
const TOKEN_SECONDS = 21_600;
/** The service is on the host itself: an answer takes milliseconds. */
const TIMEOUT_MS = 2000;
const DEFAULT_ENDPOINT = 'http://169.254.169.254';

/** Reads the instance metadata (IMDSv2). */
export interface InstanceMetadata {
  /**
   * The value at a path below `/latest/meta-data/`, or undefined when there is none (404).
   *
   * @throws Error when the service does not answer, or answers with another error.
   */
  readonly read: (path: string) => Promise<string | undefined>;
}

/**
 * The metadata service of this instance.
 *
 * @param endpoint as in the SDK's variable AWS_EC2_METADATA_SERVICE_ENDPOINT. @default http://169.254.169.254
 */
export function instanceMetadata(endpoint: string = DEFAULT_ENDPOINT): InstanceMetadata {
  const base = endpoint.replace(/\/+$/u, '');
  let token: string | undefined;

  const newToken = async (): Promise<string> => {
    const { status, body } = await ask('PUT', `${base}/latest/api/token`, {
      'x-aws-ec2-metadata-token-ttl-seconds': String(TOKEN_SECONDS),
    });
    if (status !== 200) throw new Error(`the instance metadata service gave no token: HTTP ${status}`);
    return body;
  };
  const get = async (path: string): Promise<Answer> => {
    token ??= await newToken();
    return ask('GET', `${base}/latest/meta-data/${path}`, { 'x-aws-ec2-metadata-token': token });
  };

  return {
    async read(path) {
      let response = await get(path);
      if (response.status === 401) {
        token = undefined;
        response = await get(path);
      }
      if (response.status === 200) return response.body;
      if (response.status === 404) return undefined;
      throw new Error(`instance metadata ${path}: HTTP ${response.status}`);
    },
  };
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Not by `fetch`: its first call takes 60 ms to load what it needs, and every instance makes it while somebody waits. */
async function ask(method: string, url: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
  const asked = request(url, { method, headers, signal: AbortSignal.timeout(TIMEOUT_MS) }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, body: await text(response) };
}
