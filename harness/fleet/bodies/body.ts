/** What has to be known of an instance to give it a body: facts from EC2's record and its launch template. */
export interface BodySpec {
  readonly instanceId: string;
  /** Address of the instance in its VPC, as EC2 records it; shown as the body's host name (`ip-10-0-1-23`). */
  readonly privateIpAddress: string;
  /** User data as the instance reads it from its metadata: a script that starts with `#!`, or that script as gzip. */
  readonly userData: Buffer;
  /** URL of this instance's metadata service (IMDSv2), reachable from inside the body. */
  readonly metadataEndpoint: string;
  /** URL of the edge, where every AWS API call of this body goes (`AWS_ENDPOINT_URL`). */
  readonly endpoint: string;
}

/** How a body ended. */
export interface BodyExit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What one command inside a body printed, and its exit code. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * What runs for an instance locally: its user data has been started, systemd units it installs run under the body's
 * process 1, and all of it dies as one.
 */
export interface Body {
  readonly instanceId: string;
  /**
   * Address of this machine under which what listens inside the body is reached, its own among all bodies: `127.x.y.z`,
   * or a container's. The instance finds it in its metadata as `local-ipv4`, and listens there. `undefined` where a
   * body cannot be reached from outside.
   */
  readonly address: string | undefined;
  /** Settles when process 1 of the body is gone, however it ended. Never rejects. */
  readonly exited: Promise<BodyExit>;
  /** The console: boot messages and all that the user data script printed, as `GetConsoleOutput` shows it. */
  consoleOutput(): Promise<string>;
  /** What a systemd unit wrote to its journal, oldest line first; empty when the unit never ran. */
  journal(unit: string): Promise<string>;
  /** Runs a command inside the body, as a login over Session Manager would. */
  run(command: readonly string[]): Promise<CommandResult>;
  /**
   * Processor time that all of the body has used since its boot, in seconds: of processes that ended as well, but for
   * those of `run`. `undefined` after its end.
   */
  cpuSeconds(): Promise<number | undefined>;
  /** Kills every process of the body at once (SIGKILL). Its disk stays for another boot. Idempotent. */
  kill(): Promise<void>;
}

/** One way to give instances bodies: namespaces of this Linux, or containers. */
export interface BodyBackend {
  /** What it is called in messages: `namespaces` or `containers`. */
  readonly name: string;
  /**
   * Resolves once process 1 of the body runs; the user data goes on by itself, as on EC2. An instance that was booted
   * before boots from its own disk: what it has installed is there, the units that it has enabled start, and its user
   * data is not run again.
   *
   * @throws BodyError when this machine gives no body, saying what forbids it; nothing is left behind then.
   */
  boot(spec: BodySpec): Promise<Body>;
  /** Frees what an instance has kept whose body is killed: its disk. Idempotent. */
  discard(instanceId: string): Promise<void>;
  /** Kills all bodies and leaves nothing behind: no process, mount or folder. Idempotent. */
  close(): Promise<void>;
}
