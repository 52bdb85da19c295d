import { once } from 'node:events';
import { createServer } from 'node:net';

import { takeLoopbackAddress } from './loopback-address';

describe('the address of a body', () => {
  it('is one of 127.0.0.0/8 where a server can listen', async () => {
    const { address, release } = await takeLoopbackAddress();
    expect(address).toMatch(/^127\.\d+\.\d+\.\d+$/);
    expect(address).not.toMatch(/^127\.0\./);
    const server = createServer().listen(0, address);
    await once(server, 'listening');
    server.close();
    release();
  });

  it('is nobody else’s until it is given back', async () => {
    const wanted = ['127.83.1.1', '127.83.1.2'];
    const first = await takeLoopbackAddress(() => '127.83.1.1');
    const second = await takeLoopbackAddress(() => wanted.shift() ?? '');
    expect([first.address, second.address]).toEqual(['127.83.1.1', '127.83.1.2']);
    first.release();
    first.release();
    const third = await takeLoopbackAddress(() => '127.83.1.1');
    expect(third.address).toBe('127.83.1.1');
    second.release();
    third.release();
  });

  it('says so when there is none', async () => {
    const taken = await takeLoopbackAddress(() => '127.83.1.3');
    await expect(takeLoopbackAddress(() => '127.83.1.3')).rejects.toThrow(/No address of 127\.0\.0\.0\/8/);
    taken.release();
  });
});
