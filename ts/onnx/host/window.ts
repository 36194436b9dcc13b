/** Every position of an output shape, in row-major order. */
export function eachPosition(shape: readonly number[], visit: (index: number, position: readonly number[]) => void): void {
  const count = shape.reduce((product, dim) => product * dim, 1);
  const position = shape.map(() => 0);
  for (let index = 0; index < count; index++) {
    visit(index, position);
    for (let d = shape.length - 1; d >= 0; d--) {
      position[d]!++;
      if (position[d]! < shape[d]!) break;
      position[d] = 0;
    }
  }
}
