import boundaries from 'eslint-plugin-boundaries';
import jest from 'eslint-plugin-jest';
import tseslint from 'typescript-eslint';

// The rooms of the house and who may enter which: see docs/architecture.md.
const rooms = [
  { type: 'config', pattern: 'config/**', partialMatch: false },
  { type: 'modules', pattern: 'modules/**', partialMatch: false },
  { type: 'worker', pattern: 'worker/**', partialMatch: false },
  { type: 'web', pattern: 'web/**', partialMatch: false },
  { type: 'harness', pattern: 'harness/**', partialMatch: false },
  { type: 'instance', pattern: 'instance/**', partialMatch: false },
  { type: 'bundle', pattern: 'bundle/**', partialMatch: false },
  { type: 'testing', pattern: 'testing/**', partialMatch: false },
  { type: 'review', pattern: 'review/**', partialMatch: false },
  { type: 'bench', pattern: 'bench/**', partialMatch: false },
  { type: 'scan', pattern: 'scan/**', partialMatch: false },
  { type: 'examples', pattern: 'examples/**', partialMatch: false },
  { type: 'docs', pattern: 'docs/**', partialMatch: false },
];
const is = (type) => ({ element: { type } });
const may = (from, to) => ({ from: is(from), allow: { to: is(to) } });

export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', 'cdktf.out/', '.lab/', 'coverage/', '**/*.js', '**/*.mjs'] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { boundaries },
    settings: {
      'boundaries/elements': rooms,
      'boundaries/files': [{ category: 'main', pattern: '*.ts' }],
      'boundaries/include': ['**/*.ts'],
      'import/resolver': { node: { extensions: ['.ts', '.js', '.json'] } },
    },
    rules: {
      'boundaries/dependencies': [
        'error',
        {
          default: 'disallow',
          policies: [
            ...rooms.map(({ type }) => may(type, type)),
            { from: { file: { categories: 'main' } }, allow: { to: is(['config', 'modules']) } },
            // Its own test.
            { from: { file: { categories: 'main' } }, allow: { to: { file: { categories: 'main' } } } },
            may('config', 'modules'),
            may('docs', 'config'),
            may('worker', ['instance', 'bundle', 'testing']),
            may('web', ['instance', 'bundle', 'testing']),
            may('instance', 'testing'),
            may('review', 'harness'),
            may('scan', 'harness'),
            may('bench', ['harness', 'worker', 'testing', 'bundle']),
          ],
        },
      ],
      'boundaries/no-unknown-files': 'error',
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: '@cdktf/provider-aws',
              message:
                'The barrel costs 3 s and 570 MB: import one resource, as @cdktf/provider-aws/lib/s3-bucket.',
            },
          ],
        },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, argsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
    },
  },
  {
    files: ['**/*.test.ts'],
    ...jest.configs['flat/recommended'],
    rules: {
      ...jest.configs['flat/recommended'].rules,
      'jest/no-disabled-tests': 'error',
      'jest/expect-expect': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // Constructs are made for their effect on the tree.
    files: ['main.ts', 'modules/**/*.ts', 'examples/**/*.ts'],
    rules: { 'no-new': 'off' },
  },
);
