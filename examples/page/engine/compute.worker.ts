/** The page's worker for small networks: the engine itself, without a worker of its own for each network. */
import { expose } from 'comlink';
import { graphFromData, load } from 'receptive/inline';
import type { AnyTensor, GraphData, InlineModel } from 'receptive/inline';
import type { Answer, Work } from './compute.js';

/** Networks that are kept, the one asked last at the end. */
const models = new Map<string, Promise<InlineModel>>();
const MOST = 12;

async function modelOf({ key, graph, weights, algorithm }: Work): Promise<InlineModel> {
  const found = models.get(key);
  const model = found ?? load(graphFromData(graph as GraphData), { weights, algorithm });
  models.delete(key);
  models.set(key, model);
  if (!found) {
    model.catch(() => models.delete(key)); // the next one tries again
    const [oldest, old] = [...models][0]!;
    if (models.size > MOST) {
      models.delete(oldest);
      void old.then((one) => one.dispose(), () => undefined);
    }
  }
  return model;
}

async function run(work: Work): Promise<Answer> {
  try {
    const model = await modelOf(work);
    const started = performance.now();
    const outputs = model.run(work.inputs as Record<string, AnyTensor>);
    return { outputs, ms: performance.now() - started, variant: model.variant };
  } catch (error) {
    // Classes do not pass: what a learner is told follows from the code.
    const { code, message } = error as { code?: unknown; message?: unknown };
    return { error: { code: typeof code === 'string' ? code : 'engine', message: String(message) } };
  }
}

export interface Compute {
  run(work: Work): Promise<Answer>;
}

expose({ run } satisfies Compute);
