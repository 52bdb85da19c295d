'use strict';

const common = {
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript', decorators: true } } },
    ],
  },
  // The examples import the package by its name, as a team does.
  moduleNameMapper: { '^upload-pipeline/harness$': '<rootDir>/harness/index.ts' },
  testEnvironment: 'node',
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/cdktf.out/', '<rootDir>/.lab/'],
};

/** @type {import('jest').Config} */
module.exports = {
  // Nothing here waits for a time; a busy machine may still need more than Jest's five seconds.
  testTimeout: 300_000,
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '\\.integration\\.test\\.ts$'],
    },
    {
      ...common,
      displayName: 'integration',
      testMatch: ['<rootDir>/{examples,harness,review}/**/*.integration.test.ts'],
    },
  ],
};
