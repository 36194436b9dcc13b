/** Where the layers of a network stand in its drawing: below what they read, branches side by side. */

export interface GraphLayer {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  /** Names of layers, or of inputs. */
  readonly inputs: readonly string[];
}

export interface PlacedLayer extends GraphLayer {
  readonly row: number;
  readonly lane: number;
  /** Numbers of the layers that it reads. */
  readonly reads: readonly number[];
}

/** Layers in their order, which is one in which each comes after what it reads. */
export function layOut(layers: readonly GraphLayer[]): readonly PlacedLayer[] {
  const placed: PlacedLayer[] = [];
  const last = new Map<string, number>();
  const taken = new Set<string>();
  /** Lanes whose layer has been read by another in the same lane. */
  const goesOn = new Set<number>();
  layers.forEach((layer, at) => {
    const reads = layer.inputs.flatMap((name) => last.get(name) ?? []);
    const row = 1 + Math.max(-1, ...reads.map((read) => placed[read]!.row));
    const before = reads.reduce<PlacedLayer | undefined>((least, read) => (least && least.lane <= placed[read]!.lane ? least : placed[read]), undefined);
    let lane = before?.lane ?? 0;
    if (reads.length === 1 && goesOn.has(reads[0]!)) lane++;
    while (taken.has(`${row} ${lane}`)) lane++;
    if (reads.length === 1) goesOn.add(reads[0]!);
    taken.add(`${row} ${lane}`);
    placed.push({ ...layer, row, lane, reads });
    last.set(layer.name, at);
  });
  return placed;
}
