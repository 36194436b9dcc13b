/** The page's worker for gradients: the training engine, which is fetched only where a chapter asks for it. */
import { expose } from 'comlink';
import { graphFromData } from 'receptive/layers';
import type { GraphData } from 'receptive/layers';
import { vjp } from 'receptive/train/inline';
import type { VjpRequest } from 'receptive/train/inline';
import type { Numbers } from './compute.js';
import type { Back, BackAnswer } from './gradient.js';

async function back({ graph, weights, inputs, upstream }: Back): Promise<BackAnswer> {
  try {
    const { gradients } = await vjp(graphFromData(graph as GraphData), { weights, inputs, upstream, training: false } as unknown as VjpRequest);
    return { gradients: Object.fromEntries([...gradients].map(([name, { shape, data }]) => [name, { dtype: 'float32', shape, data } as Numbers])) };
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    return { error: { code: typeof code === 'string' ? code : 'engine', message: String(message) } };
  }
}

export interface Gradient {
  back(work: Back): Promise<BackAnswer>;
}

expose({ back } satisfies Gradient);
