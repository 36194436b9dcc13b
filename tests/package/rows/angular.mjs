import { join } from 'node:path';
import { checkServed } from '../lib/browser.mjs';
import { createProject, fixture, run } from '../lib/project.mjs';
import { serve } from '../lib/serve.mjs';

export const title = 'Angular 20, ng build, workers and .wasm files named as assets';

/** Its builder makes workers of an application's own sources alone: those of a package are copied. */
const ASSETS = [
  { glob: 'worker*.js', input: 'node_modules/receptive/dist/web', output: '.' },
  { glob: '*.wasm', input: 'node_modules/receptive/dist/wasm', output: 'wasm' },
];

const OPTIONS = { browser: 'src/main.ts', index: 'src/index.html', tsConfig: 'tsconfig.json', outputPath: 'out', assets: ASSETS };

const ANGULAR = {
  version: 1,
  projects: {
    app: {
      projectType: 'application', root: '', sourceRoot: 'src',
      architect: { build: { builder: '@angular/build:application', options: OPTIONS } },
    },
  },
  cli: { analytics: false },
};

const TSCONFIG = {
  compilerOptions: {
    strict: true, target: 'ES2022', module: 'ES2022', moduleResolution: 'bundler', lib: ['ES2022', 'DOM'], allowJs: true, skipLibCheck: true,
    experimentalDecorators: true,
  },
  files: ['src/main.ts'],
};

const MAIN = `import { Component, provideZonelessChangeDetection, signal } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { use } from './use.js';

@Component({ selector: 'app-root', template: '<p>{{ said() }}</p>' })
class App {
  said = signal('waits');
  async ngOnInit() {
    const result = await use();
    this.said.set(result.variant);
    Object.assign(globalThis, { result });
  }
}
void bootstrapApplication(App, { providers: [provideZonelessChangeDetection()] });
`;

const FILES = {
  'angular.json': JSON.stringify(ANGULAR), 'tsconfig.json': JSON.stringify(TSCONFIG), 'src/main.ts': MAIN, 'src/use.js': fixture('use.js'),
  'src/index.html': '<!doctype html><meta charset="utf-8"><title>receptive</title><link rel="icon" href="data:,"><app-root></app-root>',
};

const PARTS = ['core', 'common', 'compiler', 'compiler-cli', 'platform-browser', 'build', 'cli'].map((name) => `@angular/${name}@20`);

export async function check(context) {
  const folder = await createProject(context, { packages: [...PARTS, 'typescript@5.9', 'rxjs@7'], files: FILES });
  await run(process.execPath, ['node_modules/@angular/cli/bin/ng.js', 'build'], { cwd: folder, env: { NG_CLI_ANALYTICS: 'false', CI: '1' } });
  return (await checkServed(serve(join(folder, 'out/browser')))).said;
}
