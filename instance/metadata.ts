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
    const response = await request(`${base}/latest/api/token`, {
      method: 'PUT',
      headers: { 'x-aws-ec2-metadata-token-ttl-seconds': String(TOKEN_SECONDS) },
    });
    if (!response.ok) throw new Error(`the instance metadata service gave no token: HTTP ${response.status}`);
    return response.text();
  };
  const get = async (path: string): Promise<Response> => {
    token ??= await newToken();
    return request(`${base}/latest/meta-data/${path}`, { headers: { 'x-aws-ec2-metadata-token': token } });
  };

  return {
    async read(path) {
      let response = await get(path);
      if (response.status === 401) {
        token = undefined;
        response = await get(path);
      }
      const text = await response.text();
      if (response.ok) return text;
      if (response.status === 404) return undefined;
      throw new Error(`instance metadata ${path}: HTTP ${response.status}`);
    },
  };
}

function request(url: string, init: RequestInit): Promise<Response> {
  return fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
}
