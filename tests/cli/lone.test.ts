/** The command line where the package lies alone: what it says of models that it does not have; and whether the guides' commands are ones it takes. */
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { blocksOf, DOCUMENTS } from '../guides/blocks.mjs';
import { loneCli } from '../support/lone-cli.js';

const { path, folder, work } = loneCli();
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a line of a shell in which `receptive` is the command. */
function shell(line: string): Promise<{ readonly code: number; readonly err: string }> {
  return new Promise((resolve) => {
    const script = `receptive() { exec "$NODE" "$CLI" "$@"; }\n${line}`;
    const env = { ...process.env, NODE: process.execPath, CLI: path };
    const child = execFile('sh', ['-c', script], { cwd: work, env, timeout: 120_000 }, (_, _out, err) => resolve({ code: child.exitCode ?? -1, err }));
    child.stdin?.end();
    // A service goes on until it is told to end.
    child.stdout?.on('data', (text: string) => void (/listening on/.test(text) && child.kill('SIGTERM')));
  });
}

describe('a model that the package does not have', () => {
  it.each([
    ['detect photo.jpg', 2, /--model is needed: the package ships no detector: take an ONNX export of YOLO.*examples\/assets\/nanodet\.safetensors of the repository; receptive convert/],
    ['segment photo.jpg', 2, /--model is needed: the package ships no segmenter: .*\[1, classes, H, W\].*selfie\.safetensors of the repository/],
    ['detect photo.jpg --model nanodet', 1, /got nanodet, which the package does not have; the package ships no detector: take/],
    ['classify photo.jpg --model resnet18', 1, /a net with weights: lenet5, squeezenet1_1, got resnet18, whose trained weights are not here; for resnet18 convert/],
    ['classify photo.jpg --model net.onnx', 1, /net\.onnx: expected a file that is there, or a net with weights: lenet5, squeezenet1_1, got neither; (check the path|did you mean)/],
  ] as const)('%s', async (line, code, message) => {
    const answer = await shell(`receptive ${line}`);
    expect(answer.err).toMatch(message);
    expect(answer.code).toBe(code);
  });
});

describe('commands of README and guides', () => {
  const lines = DOCUMENTS.flatMap((document) => blocksOf(document).filter(({ language }) => language === 'sh').flatMap(({ code }) => code.split('\n')));
  const commands = [...new Set(lines.flatMap((line) => /(?:npx receptive|node dist\/cli\.js) (.*)/.exec(line)?.[1] ?? []))];

  it('are found', () => expect(commands.length).toBeGreaterThan(20));

  // Files are not there, which is no wrong usage: an option that is needed or unknown is.
  it.each(commands)('%s', async (command) => {
    const { code, err } = await shell(`receptive ${command}`);
    expect([0, 1], err).toContain(code);
  });
});
