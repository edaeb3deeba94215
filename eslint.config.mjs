import eslint from '@eslint/js';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** The rooms and what none of them may import: arrows run one way (docs/architecture.md). */
const rooms = [
  {
    files: ['src/corpus/**'],
    forbidden: [
      'vscode',
      '@tensorflow/*',
      '**/runtime/**',
      '**/extension/**',
      '**/webviews/**',
      '**/cli/**',
      'marginalia',
    ],
  },
  {
    files: ['src/runtime/**'],
    forbidden: ['vscode', '**/extension/**', '**/webviews/**', '**/cli/**', '**/corpus/**', 'marginalia'],
  },
  {
    files: ['src/runtime/sdk/**'],
    forbidden: [
      'vscode',
      'node:*',
      '**/extension/**',
      '**/webviews/**',
      '**/cli/**',
      '**/corpus/**',
      '**/runs/**',
      '**/trial/**',
      '**/backends/**',
      'marginalia',
    ],
  },
  {
    files: ['src/webviews/**'],
    forbidden: [
      'vscode',
      'node:*',
      '@tensorflow/*',
      '**/extension/**',
      '**/cli/**',
      '**/corpus/**',
      '**/runtime/**',
      'marginalia',
    ],
  },
  {
    files: ['src/extension/**'],
    forbidden: ['@tensorflow/*', '**/cli/**', '**/sdk/**', '**/trial/**', '**/backends/**', 'marginalia'],
  },
  { files: ['src/cli/**'], forbidden: ['vscode', '@tensorflow/*', '**/extension/**', '**/webviews/**', 'marginalia'] },
  { files: ['snippets/**'], forbidden: ['vscode', 'node:*', '@tensorflow/*', '**/src/**'] },
];

export default tseslint.config(
  {
    ignores: [
      ...['dist/', 'dist.next/', 'out/', 'node_modules/', '.vscode-test/', 'test/workspaces/'],
      // AssemblyScript, which its own compiler checks.
      'src/runtime/sdk/kernel/',
    ],
  },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
    },
  },
  {
    files: ['**/*.ts', '**/*.mjs'],
    rules: { eqeqeq: 'error', 'no-console': 'off', 'prefer-const': 'error', 'object-shorthand': 'error' },
  },
  { files: ['**/*.mjs', '**/*.cjs'], languageOptions: { globals: globals.node } },
  ...rooms.map(({ files, forbidden }) => ({
    files,
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: forbidden,
              allowTypeImports: true,
              message: 'This room may not import that one: see docs/architecture.md.',
            },
          ],
        },
      ],
    },
  })),
);
