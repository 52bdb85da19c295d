import { Interrupted, failureExitCode } from './interrupt';

describe('the exit code of a command that failed', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('after %s is %d, as shells have it, whatever failed while it was stopping', (by, code) => {
    expect(failureExitCode(AbortSignal.abort(new Interrupted(by)))).toBe(code);
  });

  it('is 1 where nobody interrupted it', () => {
    expect(failureExitCode(new AbortController().signal)).toBe(1);
  });
});
