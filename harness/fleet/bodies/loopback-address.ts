import { randomInt } from 'node:crypto';
import { type Socket, createSocket } from 'node:dgram';
import { once } from 'node:events';

import { BodyError } from './errors';

/** A UDP port that marks an address as taken. Any would do: what a body serves is TCP, and a body has no reason to use it. */
const markPort = 47_615;

/** 127.0.0.0/8 has 16 million addresses: only a machine where none can be had fails so often in a row. */
const attempts = 20;

/** An address of this machine's loopback network that no other body of any lab has. */
export interface LoopbackAddress {
  /** E.g. `127.83.201.7`. */
  readonly address: string;
  /** Gives it back. Idempotent. */
  readonly release: () => void;
}

/** Any but 127.0.x.y, where people and distributions have addresses of their own. */
function anyAddress(): string {
  return `127.${randomInt(1, 255)}.${randomInt(0, 256)}.${randomInt(1, 255)}`;
}

async function mark(address: string): Promise<Socket | undefined> {
  const socket = createSocket('udp4');
  socket.bind({ address, port: markPort, exclusive: true });
  try {
    await once(socket, 'listening');
    return socket;
  } catch (error) {
    socket.close();
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      return undefined;
    }
    throw error;
  }
}

/**
 * Takes an address of 127.0.0.0/8 that is nobody's. A bound socket marks it, so that it is unique among all labs of this
 * machine, and free again when this process ends, however it ends.
 *
 * @throws BodyError when none can be had.
 */
export async function takeLoopbackAddress(choose: () => string = anyAddress): Promise<LoopbackAddress> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const address = choose();
    const socket = await mark(address);
    if (socket !== undefined) {
      socket.unref();
      let held = true;
      return {
        address,
        release: () => {
          if (held) {
            held = false;
            socket.close();
          }
        },
      };
    }
  }
  throw new BodyError(
    `No address of 127.0.0.0/8 is free for a body: ${attempts} were tried. A program that has UDP port ${markPort} of every address keeps them all: end it.`,
  );
}
