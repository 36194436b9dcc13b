import { filterSpec } from '../contract/steps.js';
import { PANEL_ROWS } from '../contract/limits.js';
import type { Algorithm } from '../contract/words.js';
import type { WeightRequest } from '../program/plan.js';
import type { EngineApi } from '../wasm/instance.js';

/** Weights cross into the engine in pieces of about this many elements (1 MB), so that no second whole copy exists. */
const CHUNK_ELEMENTS = 1 << 18;

type FilterRequest = Extract<WeightRequest, { kind: 'filter' }>;

/** The weights that the engine holds, by what they are: two plans that want the same packed filter share it. */
export class WeightSlots {
  private readonly slots = new Map<string, number>();

  constructor(
    private readonly engine: EngineApi,
    private readonly algorithm: Algorithm,
  ) {}

  /** Makes room for the filters that are not there yet. */
  reserve(requests: readonly WeightRequest[]): void {
    const wanted = requests.flatMap((request) => (request.kind === 'filter' && !this.slots.has(request.key) ? request : []));
    this.engine.reserve(wanted.reduce((sum, filter) => sum + this.engine.packedBytes(this.specOf(filter)), 0));
  }

  private specOf({ spec }: FilterRequest): Uint32Array {
    return Uint32Array.from(filterSpec({ ...spec, algorithm: this.algorithm }));
  }

  /** The engine's slot for a weight, uploaded when it is seen for the first time. */
  slot(request: WeightRequest): number {
    const known = this.slots.get(request.key);
    if (known !== undefined) return known;
    const slot = request.kind === 'constant' ? this.engine.constant(request.data()) : this.upload(request);
    this.slots.set(request.key, slot);
    return slot;
  }

  private upload(request: FilterRequest): number {
    const { rows, rowLength, scale, read } = request;
    const slot = this.engine.filter(this.specOf(request), scale ?? new Float64Array(0));
    // Rows of a panel that come together are packed several times faster than one by one.
    const step = Math.max(1, Math.floor(CHUNK_ELEMENTS / Math.max(1, rowLength) / PANEL_ROWS)) * PANEL_ROWS;
    for (let first = 0; first < rows; first += step) {
      this.engine.filterRows(slot, first, read(first, Math.min(step, rows - first)));
    }
    return slot;
  }
}
