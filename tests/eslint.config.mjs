import tseslint from 'typescript-eslint';

/** Paths are relative to this; relative itself it would be so to where eslint is started. */
const ROOT = new URL('..', import.meta.url).pathname;

/** `export *` hides what a module offers; names are written out, but for the entries, which hand lists on. */
const NO_EXPORT_ALL = ['error', { selector: 'ExportAllDeclaration', message: 'Write the exported names out.' }];

export default tseslint.config(
  { ignores: ['**/node_modules/', 'tests/onnx/proto/', 'dist/', 'crates/pkg/', 'crates/target/', 'tests/bench/', 'examples/page/dist/'], basePath: ROOT },
  { basePath: ROOT, files: ['**/*.mjs', '**/*.ts', '**/*.tsx'], extends: [tseslint.configs.base], rules: { 'no-restricted-syntax': NO_EXPORT_ALL, 'no-undef': 'off', eqeqeq: 'error', 'prefer-const': 'error', 'no-var': 'error' } },
  { basePath: ROOT, files: ['ts/entries/**/*.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    basePath: ROOT,
    files: ['ts/**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: ROOT } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  // A list of the layer functions, of which each stands beside its operator.
  { basePath: '..', files: ['**/ts/ops/layers.ts', '**/ts/ops/all-layers.ts'], rules: { 'no-restricted-syntax': 'off' } },
);
