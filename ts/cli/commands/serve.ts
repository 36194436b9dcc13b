import { Command } from 'commander';
import { wrong } from '../../base/wrong.js';
import type { ListenOptions, LogLine, ServiceOptions } from '../../entries/serve.js';
import { TOKEN_LEAST } from '../../serve/names.js';
import { countFrom0, wholeNumber } from '../arguments.js';
import { withMaxPixels, withWide } from '../common.js';
import type { Output } from '../output.js';
import { readConfig } from '../serve/config.js';
import type { Config } from '../serve/config.js';
import { modelNamed } from '../serve/models.js';
import { StopWish } from '../signals.js';

interface Options extends Omit<Config, 'models'> {
  readonly config?: string;
  readonly tokenEnv?: string;
  readonly quiet?: boolean;
  readonly wide?: boolean;
}

export function serveCommand(output: Output): Command {
  const command = new Command('serve')
    .description('answer for models over HTTP: photos as bodies (/classify, /detect, /segment, /embed) and the Open Inference Protocol (/v2), with a page to try it at /')
    .argument('[model...]', 'files, NAME=FILE, or nets that ship (squeezenet1_1)')
    .option('--repository <folder>', 'models as NAME/VERSION/model.onnx or model.safetensors')
    .option('--newest <n>', 'how many versions of a model of the repository are served, the highest (default: 1)', wholeNumber)
    .option('--control', 'let clients load and unload models of the repository')
    .option('--port <n>', 'where to listen, 0 for any that is free (default: 8080)', countFrom0)
    .option('--host <address>', 'on which address; 0.0.0.0 for all (default: 127.0.0.1, this machine alone)')
    .option('--config <file.json>', 'the same by file: options as receptive/serve names them; those given here come first')
    .option('--token-env <NAME>', `clients need a bearer token: one of those in this environment variable, commas between, each of at least ${TOKEN_LEAST} characters`)
    .option('--rate <n>', 'requests that each token, or all without tokens, may make a second', wholeNumber)
    .option('--size <n>', 'workers of each model (default: the cores that the process has)', wholeNumber)
    .option('--batch <n>', 'rows of waiting requests that are computed together, where that is faster; 1: never (default: 8)', wholeNumber)
    .option('--max-queue <n>', 'requests that may wait for a model (default: 64)', countFrom0)
    .option('--timeout <ms>', 'in which a request is answered, or refused (default: 30000)', wholeNumber)
    .option('--max-body <bytes>', 'of a body, also unpacked (default: 67108864)', wholeNumber)
    .option('--idle-timeout <ms>', 'after which a worker without work is ended (default: never)', wholeNumber)
    .option('--grace <ms>', 'for what is being answered when a signal ends the service (default: 10000)', countFrom0)
    .option('--quiet', 'no line for each request');
  return withMaxPixels(withWide(command)).action((models: string[], options: Options) => run(models, options, output));
}

async function run(named: readonly string[], options: Options, output: Output): Promise<void> {
  const { config: file, tokenEnv, quiet, wide: _, ...given } = options;
  const { port, host, maxConnections, headersTimeout, requestTimeout, keepAliveTimeout, grace, models = [], ...service } = { ...(file === undefined ? {} : readConfig(file)), ...given };
  const tokens = tokenEnv === undefined ? [] : tokensIn(tokenEnv);
  const log = (line: LogLine): void => {
    if (!quiet || line.message !== 'request') output.out(JSON.stringify(line));
  };
  if (models.length + named.length === 0 && service.repository === undefined) wrong('receptive serve', 'models, or --repository', 'neither', { hint: 'receptive serve squeezenet1_1, for one' });
  const all: ServiceOptions = { ...service, models: [...models, ...named.map(modelNamed)], tokens, log };
  const where: ListenOptions = { port, host, maxConnections, headersTimeout, requestTimeout, keepAliveTimeout };
  // What no other command needs is read by this one alone.
  const { createService, listen } = await import('../../entries/serve.js');
  const started = await createService(all);
  try {
    const listening = await listen(started, where);
    const { url } = listening;
    if (tokens.length === 0 && !/^http:\/\/(127\.|\[::1\])/.test(url)) output.err('note: whoever reaches this address may ask; --token-env makes clients need a token');
    // Heard from before it is said: who reads the line may send a signal at once.
    using wish = new StopWish();
    output.out(JSON.stringify({ time: new Date().toISOString(), level: 'info', message: `listening on ${url}` }));
    await wish.heardOf();
    await listening.close({ ...(grace !== undefined && { grace }) });
  } finally {
    await started.close({ grace: 0 });
  }
}

/** @throws ArgumentError for a variable that is not there: a service that was to be closed is not open by mistake */
function tokensIn(name: string): readonly string[] {
  const tokens = (process.env[name] ?? '').split(',').map((token) => token.trim()).filter((token) => token !== '');
  if (tokens.length === 0) wrong('--token-env', 'an environment variable with a token', `${name}, which is empty`);
  const short = tokens.find((token) => token.length < TOKEN_LEAST);
  if (short !== undefined) wrong(`--token-env: ${name}`, `tokens of at least ${TOKEN_LEAST} characters, commas between`, `one of ${short.length}`);
  return tokens;
}
