'use strict';

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  // A lab is set up in one to two minutes, most of which Terraform waits for AWS's eventual consistency.
  testTimeout: 300_000,
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } } }] },
};
