import type { FilterSpec } from '../contract/steps.js';
import type { WeightRef } from '../contract/word.js';
import type { FilterWanted } from '../graph/op.js';
import { NORM_ROLES } from '../ops/batch-norm2d/op.js';
import type { TensorSource } from '../formats/stored.js';
import { widen } from '../formats/widen.js';

/** A weight that the engine must hold before the plan can run. Weights of the same key are the same. */
export type WeightRequest =
  | { readonly key: string; readonly kind: 'constant'; readonly data: () => Float32Array }
  | {
      readonly key: string;
      readonly kind: 'filter';
      /** What it is, but for the algorithm that is asked for. */
      readonly spec: Omit<FilterSpec, 'algorithm'>;
      /** The first dimension, and elements of one row of it. */
      readonly rows: number;
      readonly rowLength: number;
      /** A factor for each output channel. */
      readonly scale?: Float64Array | undefined;
      readonly read: (firstRow: number, count: number) => Float32Array;
    };

const NO_WALK = { stride: [1, 1], dilation: [1, 1] } as const;

/** The weights of a plan, each once. */
export class WeightTable {
  readonly requests: WeightRequest[] = [];
  private readonly byKey = new Map<string, number>();

  constructor(private readonly source: TensorSource) {}

  /** All elements of a tensor. */
  read(name: string): Float32Array {
    const stored = this.source.get(name);
    return widen(stored, 0, elements(stored.shape));
  }

  constant(key: string, data: () => Float32Array): WeightRef {
    return this.add({ key, kind: 'constant', data });
  }

  filter(name: string, wanted: FilterWanted, map: readonly [number, number], norm: Norm | undefined): WeightRef {
    const rows = wanted.dims[0];
    const rowLength = elements(wanted.dims.slice(1));
    const { kind, dims, groups, window: { stride, dilation } = NO_WALK } = wanted;
    const spec = { kind, dims, groups, stride, dilation, map };
    const read = (firstRow: number, count: number): Float32Array =>
      widen(this.source.get(name), firstRow * rowLength, count * rowLength, true);
    const key = `filter ${JSON.stringify(spec)} ${name} ${norm?.key ?? ''}`;
    return this.add({ key, kind: 'filter', spec, rows, rowLength, scale: norm?.scale, read });
  }

  /** scale = weight / sqrt(var + eps) and shift = bias - mean * scale, in f64. */
  norm(nameOf: (role: string) => string, eps: number): Norm {
    const names = NORM_ROLES.map(nameOf);
    const [weight, bias, mean, variance] = names.map((name) => this.read(name)) as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const scale = Float64Array.from(weight, (w, i) => w / Math.sqrt((variance[i] ?? 0) + eps));
    const shift = Float64Array.from(bias, (b, i) => b - (mean[i] ?? 0) * (scale[i] ?? 0));
    return { key: `${names.join()} ${eps}`, scale, shift };
  }

  private add(request: WeightRequest): WeightRef {
    const known = this.byKey.get(request.key);
    if (known !== undefined) return { weight: known };
    this.byKey.set(request.key, this.requests.length);
    this.requests.push(request);
    return { weight: this.requests.length - 1 };
  }
}

/** A BatchNorm as a factor and a summand for each channel. */
export interface Norm {
  readonly key: string;
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}
