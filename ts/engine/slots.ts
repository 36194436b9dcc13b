import type { WeightRequest } from '../plan/plan.js';
import type { EngineApi } from './instance.js';

/** Weights cross into the engine in pieces of about this many elements (1 MB), so that no second whole copy exists. */
const CHUNK_ELEMENTS = 1 << 18;

/** Rows that the engine packs together, and several times faster than one by one. */
const PANEL = 8;

/** The weights that the engine holds, by what they are: two plans that want the same packed filter share it. */
export class WeightSlots {
  private readonly slots = new Map<string, number>();

  constructor(
    private readonly engine: EngineApi,
    private readonly algorithm: number,
  ) {}

  /** Makes room for those that are not there yet, as large as they are before they are packed. */
  reserve(requests: readonly WeightRequest[]): void {
    const wanted = requests.filter(({ key }) => !this.slots.has(key));
    const elements = wanted.reduce((sum, request) => sum + (request.kind === 'filter' ? request.rows * request.rowLength : 0), 0);
    this.engine.reserve(elements * Float32Array.BYTES_PER_ELEMENT);
  }

  /** The engine's slot for a weight, uploaded when it is seen for the first time. */
  slot(request: WeightRequest): number {
    const known = this.slots.get(request.key);
    if (known !== undefined) return known;
    const slot = request.kind === 'constant' ? this.engine.constant(request.data()) : this.upload(request);
    this.slots.set(request.key, slot);
    return slot;
  }

  private upload(request: Extract<WeightRequest, { kind: 'filter' }>): number {
    const { spec, rows, rowLength, scale, read } = request;
    const slot = this.engine.filter(Uint32Array.from([...spec, this.algorithm]), scale ?? new Float64Array(0));
    const step = Math.max(1, Math.floor(CHUNK_ELEMENTS / Math.max(1, rowLength) / PANEL)) * PANEL;
    for (let first = 0; first < rows; first += step) {
      this.engine.filterRows(slot, first, read(first, Math.min(step, rows - first)));
    }
    return slot;
  }
}
