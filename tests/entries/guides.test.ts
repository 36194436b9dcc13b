/** README and the guides: what is in them compiles, runs, prints what they say, and leads somewhere. */
import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, extname, join, normalize } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocksOf, blockUnder, DOCUMENTS, GUIDES, ROOT, textOf } from '../guides/blocks.mjs';
import type { Block } from '../guides/blocks.mjs';
import { photoPath } from '../image/expected.js';
import { modelBytes } from '../onnx/build.js';
import { FILES } from '../package/files.mjs';
import { complaints } from '../support/compile.js';
import { CHROMIUM_ARGS, launchChromium, openPage, WITHOUT_BROWSER } from '../support/chromium.js';

const MODEL = `${ROOT}examples/assets/squeezenet1_1.safetensors`;
const PHOTO = `${ROOT}examples/assets/photos/dog.jpg`;
const BLOCKS = DOCUMENTS.flatMap(blocksOf);
const nameOf = ({ document, line }: Block): string => `${document}:${line}`;

/** Means of three channels as scores. */
const ONNX = modelBytes({
  inputs: { x: ['n', 3, 'h', 'w'] },
  outputs: ['scores'],
  nodes: [
    { op: 'GlobalAveragePool', inputs: ['x'], outputs: ['means'] },
    { op: 'Flatten', inputs: ['means'], outputs: ['scores'] },
  ],
});

describe('blocks of code', () => {
  /** What the compiler is given of a block; undefined for what is no TypeScript or JavaScript. */
  function sourceOf({ language, mark, code }: Block): readonly [extension: string, text: string] | undefined {
    if (mark === 'mount') return undefined;
    if (language === 'ts' || language === 'tsx') return [language, code];
    if (language === 'js') return ['mts', code];
    if (language === 'vue' || language === 'svelte') return ['ts', /^<script[^>]*>([\s\S]*?)^<\/script>/m.exec(code)?.[1] ?? 'no script'];
    return undefined;
  }

  it('are in languages that are checked here', () => {
    const known = ['ts', 'tsx', 'js', 'json', 'vue', 'svelte', 'html', 'py', 'sh', 'text'];
    expect(BLOCKS.filter(({ language }) => !known.includes(language)).map(nameOf)).toEqual([]);
    for (const document of DOCUMENTS) expect(textOf(document).match(/^```/gm)?.length ?? 0, document).toBe(2 * blocksOf(document).length);
  });

  it('for other servers are the files of examples/service, which the matrix of packages runs', () => {
    const files = readdirSync(`${ROOT}examples/service`).filter((name) => name.endsWith('.mjs'));
    const shown = BLOCKS.filter(({ mark }) => mark === 'mount').map(({ code }) => code);
    expect(shown.sort()).toEqual(files.map((name) => readFileSync(`${ROOT}examples/service/${name}`, 'utf8')).sort());
  });

  it('compile, strictly; of components the scripts do, against stand-ins of their frameworks', () => {
    const files = Object.fromEntries(BLOCKS.flatMap((block) => {
      const source = sourceOf(block);
      return source ? [[`${nameOf(block).replaceAll(/\W/g, '-')}.${source[0]}`, `${source[1]}\nexport {};\n`]] : [];
    }));
    expect(Object.keys(files).length).toBeGreaterThan(20);
    const frameworks = readFileSync(`${ROOT}tests/guides/frameworks.d.ts.txt`, 'utf8');
    const [lib, types] = [['esnext', 'dom', 'dom.iterable'], ['node']];
    expect(complaints({ 'frameworks.d.ts': frameworks, ...files }, lib, types)).toEqual([]);
    expect(complaints({ 'wrong.ts': "import { load } from 'receptive';\nawait load(42);\nexport {};\n" }, lib, types)).toHaveLength(1);
  });
});

describe('blocks of JavaScript in Node', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'receptive-guides-'));
    mkdirSync(join(folder, 'node_modules'));
    mkdirSync(join(folder, 'public'));
    writeFileSync(join(folder, 'package.json'), '{}'); // else one of a folder above may be taken for it
    symlinkSync(ROOT, join(folder, 'node_modules', 'receptive'), 'junction');
    copyFileSync(MODEL, join(folder, 'public', 'squeezenet1_1.safetensors'));
    copyFileSync(PHOTO, join(folder, 'public', 'photo.jpg'));
    writeFileSync(join(folder, 'model.onnx'), ONNX);
    for (const name of ['nanodet.safetensors', 'selfie.safetensors']) copyFileSync(`${ROOT}examples/assets/${name}`, join(folder, name));
    for (const name of ['dog.jpg', 'astronaut.png']) copyFileSync(photoPath(name), join(folder, name));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  // The Korean guide has the blocks of the English one; see below.
  const blocks = BLOCKS.filter(({ language, mark, document }) => language === 'js' && mark !== 'browser' && mark !== 'mount' && !document.endsWith('.ko.md'));

  async function printed({ code }: Block): Promise<string> {
    const file = join(folder, 'block.mjs');
    writeFileSync(file, code);
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], { cwd: folder, timeout: 120_000 });
    expect(stderr).toBe('');
    return stdout;
  }

  it.each(blocks.map((block) => [nameOf(block), block] as const))('%s', async (_, block) => {
    const stdout = await printed(block);
    expect(stdout).not.toBe('');
    if (block.prints !== undefined) expect(stdout).toBe(block.prints);
  });

  it("README's prints the label", async () => {
    const block = blocks.find(({ document }) => document === 'README.md');
    expect(await printed(block as Block)).toMatch(/^dogsled.* 0\.\d{3}\n(.*\n){4}\d+ ms\n$/);
  });
});

const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.wasm': 'application/wasm', '.jpg': 'image/jpeg' };
const ELEMENTS = `<img id="photo" src="/photo.jpg" alt=""><input id="picker" type="file"><p id="answer"></p>`;
const IMPORTS = '<script type="importmap">{ "imports": { "receptive": "/dist/web/all.js" } }</script>';

describe.skipIf(WITHOUT_BROWSER)('blocks in Chromium', () => {
  let server: Server;
  let browser: Browser;
  let html = '';
  /** Whether the server has the model. */
  let served = true;
  let script = '';

  beforeAll(async () => {
    server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      const file = /squeezenet/.test(pathname) ? MODEL : pathname === '/photo.jpg' ? PHOTO : ROOT + pathname.slice(1);
      if (!served && /squeezenet/.test(pathname)) return void response.writeHead(404).end();
      if (pathname === '/') return void response.writeHead(200, { 'content-type': 'text/html' }).end(html);
      if (pathname === '/page.js') return void response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
      if (!existsSync(file)) return void response.writeHead(404).end();
      response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(readFileSync(file));
    }).listen(0);
    const camera = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
    browser = await launchChromium({ args: [...CHROMIUM_ARGS, ...camera] });
  });

  afterAll(async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
  });

  /** Opens a page with a block as its script. */
  async function open(code: string, page = `<!doctype html>${ELEMENTS}<script type="module" src="/page.js"></script>`): Promise<readonly [Page, string[]]> {
    html = page.replace('<!doctype html>', `<!doctype html><link rel="icon" href="data:,">${IMPORTS}`);
    script = ts.transpileModule(code, { compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext } }).outputText;
    const opened = await openPage(browser);
    const said: string[] = [];
    opened.on('pageerror', (error) => said.push(`error: ${String(error)}`));
    opened.on('console', (message) => said.push(message.text()));
    await opened.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
    return [opened, said];
  }

  const blocks = blocksOf('examples/guides/browser.md').filter(({ language }) => language === 'ts');
  const [whole = '', chosen = '', watched = ''] = blocks.map(({ code }) => code);

  it("README's: its page and its script show labels", async () => {
    const readme = blocksOf('README.md');
    const code = readme.find(({ mark }) => mark === 'browser')?.code ?? '';
    const [page, said] = await open(code, readme.find(({ language }) => language === 'html')?.code);
    await expect.poll(() => page.textContent('body'), { timeout: 120_000 }).toMatch(/dogsled.*: \d+\.\d %(\n.+: \d+\.\d %){4}\n/); // a line for each: labels have commas
    expect(said).toEqual([]);
    await page.close();
  });

  it('those of the guide are these three', () => expect(blocks).toHaveLength(3));

  it('a photo, with everything said', async () => {
    const [page, said] = await open(whole);
    await expect.poll(() => said.at(-1), { timeout: 120_000 }).toMatch(/1000.* (relaxed|simd)$/);
    expect(said).toEqual(expect.arrayContaining([expect.stringMatching(/^dogsled/)]));
    await page.close();
  });

  it('a model that is not there is told to the visitor, with what to do', async () => {
    served = false;
    try {
      const readme = blocksOf('README.md');
      const first = [readme.find(({ mark }) => mark === 'browser')?.code ?? '', readme.find(({ language }) => language === 'html')?.code] as const;
      for (const [code, body] of [[whole, undefined], first] as const) {
        const [page] = await open(code, body);
        await expect.poll(() => page.textContent('body'), { timeout: 120_000 }).toMatch(/squeezenet1_1\.safetensors: expected a model .*HTTP 404.*public\//);
        await page.close();
      }
    } finally {
      served = true;
    }
  });

  it('a chosen file, and one that is no photo', async () => {
    const [page, said] = await open(chosen);
    await page.setInputFiles('#picker', PHOTO);
    await expect.poll(() => page.textContent('#answer'), { timeout: 120_000 }).toMatch(/^dogsled/);
    await page.setInputFiles('#picker', { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('words') });
    await page.getByText('This is no photo.').waitFor();
    expect(said).toEqual([]);
    await page.close();
  });

  it('a camera', async () => {
    const [page, said] = await open(watched);
    await expect.poll(() => said.join('\n'), { timeout: 120_000 }).toMatch(/^(?!error)(.+\n){2}/);
    await page.close();
  });
});

describe('links, commands and paths', () => {
  const PAGES = [...DOCUMENTS, 'CHANGELOG.md'];
  const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { scripts: Record<string, string> };
  const withoutBlocks = (text: string): string => text.replaceAll(/^```[\s\S]*?^```$/gm, '');

  /** The anchors of a document's headings, as GitHub makes them. */
  function anchorsOf(document: string): Set<string> {
    const anchors = new Set<string>();
    for (const [, heading = ''] of withoutBlocks(textOf(document)).matchAll(/^#+ (.*)$/gm)) {
      const slug = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase().replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '').replaceAll(' ', '-');
      let anchor = slug;
      for (let i = 1; anchors.has(anchor); i++) anchor = `${slug}-${i}`;
      anchors.add(anchor);
    }
    return anchors;
  }

  const linksOf = (document: string): string[] => [...withoutBlocks(textOf(document)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);

  function deadLinks(document: string): string[] {
    return linksOf(document).filter((target) => {
      if (/^https?:/.test(target)) return false;
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? document : normalize(join(dirname(document), path));
      if (!existsSync(ROOT + file)) return true;
      return anchor !== undefined && !(file.endsWith('.md') && anchorsOf(file).has(decodeURIComponent(anchor)));
    });
  }

  it.each(PAGES)('%s: every link leads somewhere', (document) => expect(deadLinks(document)).toEqual([]));

  it.each(PAGES)('%s: what is linked is in the package too', (document) => {
    const targets = linksOf(document).filter((target) => !/^(https?:|#)/.test(target));
    const files = targets.map((target) => normalize(join(dirname(document), target.replace(/#.*/, ''))));
    expect(files.filter((file) => !FILES.includes(file))).toEqual([]);
  });

  it('a link that leads nowhere would be found', () => {
    expect(anchorsOf('examples/guides/learner.md')).toContain('10-five-ways-to-compute-the-same');
    expect(anchorsOf('examples/guides/learner.md')).not.toContain('10-six-ways');
  });

  it.each(PAGES)('%s: every npm script is there', (document) => {
    const named = [...textOf(document).matchAll(/npm (?:run ([\w:]+)|(test|start)\b)/g)].map(([, run, own]) => run ?? own ?? '');
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('every subcommand is there', () => {
    const help = execFileSync(process.execPath, [`${ROOT}dist/cli.js`, '--help'], { encoding: 'utf8' });
    const there = [...help.matchAll(/^ {2}(\w+) \[/gm)].map(([, name]) => name);
    const named = DOCUMENTS.flatMap((document) => [...textOf(document).matchAll(/(?:npx receptive|dist\/cli\.js|`receptive) (\w+)/g)].map(([, name]) => name));
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !there.includes(name))).toEqual([]);
  });

  /** What is made by a command, and the op that the guide makes up. */
  const ABSENT = /^dist\/api\/|shuffle(\/(op|layer|onnx|grad))?\.(rs|ts)$/;

  it.each(PAGES)('%s: every path is there', (document) => {
    const code = [...textOf(document).matchAll(/`([^`\n]+)`|^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, span = '', block = '']) => `${span} ${block}`.split(/[\s'"]+/));
    const paths = code.filter((word) => /^(crates|ts|tests|examples|dist)\/[\w./-]+$/.test(word) && !/[A-Z]{3}/.test(word) && !ABSENT.test(word));
    expect(paths.filter((path) => !existsSync(ROOT + path))).toEqual([]);
  });

  it('every guide is reached from README, which has 120 lines at the most', () => {
    const readme = textOf('README.md');
    expect(readme.split('\n').length - 1).toBeLessThanOrEqual(120);
    expect(GUIDES.filter((guide) => !readme.includes(`](${guide}`))).toEqual([]);
  });

  it('the first lines of README are few: six, and in the browser two more, which show an error', () => {
    for (const [heading, language, most] of [['In the browser', 'js', 8], ['In Node', 'js', 6]] as const) {
      expect(blockUnder('README.md', heading, language).split('\n').length - 1).toBeLessThanOrEqual(most);
    }
  });
});

describe('the Korean guide', () => {
  const [english, korean] = ['examples/guides/learner.md', 'examples/guides/learner.ko.md'];
  const headings = (text: string): string[] => [...text.matchAll(/^(#+) (\d*)/gm)].map(([, level, number]) => `${level} ${number}`);
  const rows = (text: string): number => text.match(/^\|/gm)?.length ?? 0;
  /** Code without what is said beside it. */
  const code = (document: string): string[] => blocksOf(document).filter(({ language }) => language !== 'sh').map((block) => block.code.replaceAll(/ *\/\/.*$/gm, ''));

  it('has the headings, tables and blocks of the English one', () => {
    const [en, ko] = [textOf(english), textOf(korean)].map((text) => text.replaceAll(/^```[\s\S]*?^```$/gm, ''));
    expect(headings(ko ?? '')).toEqual(headings(en ?? ''));
    expect(rows(ko ?? '')).toBe(rows(en ?? ''));
    expect(code(korean)).toEqual(code(english));
  });
});
