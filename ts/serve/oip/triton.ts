import type { Port } from '../../session/inputs.js';
import type { Sum } from '../counts.js';
import type { Served } from '../served.js';
import { DATATYPES } from './datatypes.js';

// What Triton's clients ask beside the protocol, in Triton's words. Batches are dimensions of the model's own here: max_batch_size is 0.

function configPort({ name, dtype, shape, anyRank }: Port): object {
  return { name, data_type: `TYPE_${DATATYPES[dtype]}`, dims: anyRank ? [-1] : shape.map((dim) => dim ?? -1) };
}

/** The extension `model_configuration`. */
export function configOf(served: Served): object {
  const { name } = served;
  const pool = served.ready();
  return {
    name, platform: 'receptive', backend: 'receptive', max_batch_size: 0,
    input: pool.inputs.map(configPort), output: pool.outputs.map(configPort),
    instance_group: [{ name, kind: 'KIND_CPU', count: pool.size, gpus: [] }],
  };
}

const duration = ({ count, ms }: Sum): object => ({ count, ns: Math.round(ms * 1e6) });

/** The extension `statistics`. */
export function statsOf({ name, version, counts }: Served): object {
  const { success, fail, queue, input, run, last } = counts;
  const nothing = { count: success.count, ns: 0 };
  return {
    name, version, last_inference: last, inference_count: success.count, execution_count: success.count,
    inference_stats: {
      success: duration(success), fail: duration(fail), queue: duration(queue), compute_input: duration(input), compute_infer: duration(run), compute_output: nothing,
      cache_hit: { count: 0, ns: 0 }, cache_miss: { count: 0, ns: 0 },
    },
    batch_stats: [],
  };
}
