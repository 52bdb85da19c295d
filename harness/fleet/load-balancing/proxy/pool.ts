import { type Socket, connect } from 'node:net';
import { connect as tlsConnect } from 'node:tls';

/** Where a target listens. */
export interface TargetAddress {
  readonly host: string;
  readonly port: number;
  /** Certificates of targets are not checked. Source: «Target groups», «Routing configuration». */
  readonly tls: boolean;
}

/** Who uses a connection to a target: one exchange at a time. */
export interface TargetUser {
  fromTarget(chunk: Buffer): void;
  /** The target takes more again. */
  targetDrained(): void;
  /** The connection is no more; with an error when it broke. */
  targetGone(error: Error | undefined): void;
}

/** Idle connections to one target that are kept at most. */
const mostIdle = 512;

/** One connection to a target. */
export class TargetConnection {
  private user: TargetUser | undefined;
  private error: Error | undefined;
  /** Milliseconds of this machine's time: since when it is kept for another request. */
  private idleSince = 0;
  private readonly socket: Socket;

  constructor(
    address: TargetAddress,
    private readonly pool: TargetPool,
  ) {
    const { host, port, tls } = address;
    this.socket = tls
      ? tlsConnect({ host, port, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] })
      : connect({ host, port, noDelay: true });
    this.socket
      .on('data', (chunk: Buffer) => {
        if (this.user === undefined) {
          this.destroy();
        } else {
          this.user.fromTarget(chunk);
        }
      })
      .on('drain', () => this.user?.targetDrained())
      .on('error', (error) => {
        this.error = error;
      })
      .on('close', () => {
        pool.forget(this);
        this.user?.targetGone(this.error);
      });
  }

  get connecting(): boolean {
    return this.socket.connecting;
  }

  use(user: TargetUser): void {
    this.user = user;
  }

  /** Whether the target takes more at once; else `targetDrained` says when. */
  write(data: Buffer | string): boolean {
    return typeof data === 'string' ? this.socket.write(data, 'latin1') : this.socket.write(data);
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** The exchange is over, and the connection as good as new. */
  release(): void {
    this.user = undefined;
    this.idleSince = Date.now();
    this.pool.keep(this);
  }

  isIdleSince(moment: number): boolean {
    return this.idleSince <= moment;
  }

  /** The exchange is over, and the connection with it. */
  destroy(): void {
    this.user = undefined;
    this.socket.destroy();
  }

  /** Ends the connection, and tells its user. */
  cut(): void {
    this.socket.destroy();
  }
}

/** The connections to one target. Kept ones are used again, the last one first. */
export class TargetPool {
  private idle: TargetConnection[] = [];
  private readonly open = new Set<TargetConnection>();
  private closed = false;

  connection(address: TargetAddress): TargetConnection {
    const kept = this.idle.pop();
    if (kept !== undefined) {
      return kept;
    }
    const connection = new TargetConnection(address, this);
    this.open.add(connection);
    return connection;
  }

  keep(connection: TargetConnection): void {
    if (this.closed || this.idle.length >= mostIdle) {
      connection.destroy();
    } else {
      this.idle.push(connection);
    }
  }

  forget(connection: TargetConnection): void {
    this.open.delete(connection);
    const index = this.idle.lastIndexOf(connection);
    if (index !== -1) {
      this.idle.splice(index, 1);
    }
  }

  /** Ends the kept connections that have not been used since a moment. */
  sweep(moment: number): void {
    // The one that was kept first comes first.
    while (this.idle[0]?.isIdleSince(moment) === true) {
      this.idle.shift()?.destroy();
    }
  }

  /** Ends every connection, those in use as well. Idempotent. */
  close(): void {
    this.closed = true;
    for (const connection of this.open) {
      connection.cut();
    }
  }
}
