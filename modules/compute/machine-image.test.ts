import { architectureOf, architectureProblems } from './machine-image';

describe('the processor of an instance type', () => {
  it.each([
    'a1.large',
    't4g.small',
    'c7gn.2xlarge',
    'm6gd.metal',
    'im4gn.large',
    'is4gen.medium',
    'x2gd.large',
  ])('is Graviton for %s', (type) => {
    expect(architectureOf(type)).toBe('arm64');
  });

  it.each([
    't3.small',
    'c7i.large',
    'm7i-flex.large',
    'g5.xlarge',
    'g4dn.xlarge',
    'gr6.4xlarge',
    'p4d.24xlarge',
  ])('is x86-64 for %s', (type) => {
    expect(architectureOf(type)).toBe('x86_64');
  });

  it('must be that of the artifacts', () => {
    expect(architectureProblems('x86_64', ['t3.small', 'c7i.large'])).toEqual([]);
    expect(architectureProblems('arm64', ['t4g.small'])).toEqual([]);
    expect(architectureProblems('x86_64', ['t3.small', 't4g.small'])).toEqual([
      {
        field: 'instanceType',
        given: 't4g.small',
        allowed: expect.stringContaining('the artifacts are for x86_64') as string,
      },
    ]);
  });
});
