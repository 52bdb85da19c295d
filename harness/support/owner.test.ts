import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { hasDied, ownerName } from './owner';

/** A process that names itself and waits to be told to end. */
function another(): ReturnType<typeof spawn> {
  const program = `console.log(require('./owner').ownerName()); process.stdin.resume();`;
  return spawn(process.execPath, ['--require', 'tsx/cjs', '--eval', program], {
    cwd: __dirname,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

describe('the name of an owner', () => {
  it('tells a living process from one that is gone', async () => {
    const child = another();
    const [name] = (await once(child.stdout!, 'data')) as [Buffer];
    const owner = name.toString().trim();
    expect(hasDied(owner)).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(hasDied(owner)).toBe(true);
  });

  it('tells a process from a later one with the same pid', () => {
    const [space, pid, beginning] = ownerName().split(' ');
    expect(hasDied([space, pid, beginning].join(' '))).toBe(false);
    expect(hasDied([space, pid, `${beginning}1`].join(' '))).toBe(process.platform === 'linux');
  });

  it.each(['elsewhere/pid:[1] 1 1', '', 'nonsense'])(
    'says of %j, whom nobody here can see, that it lives',
    (owner) => {
      expect(hasDied(owner)).toBe(false);
    },
  );
});
