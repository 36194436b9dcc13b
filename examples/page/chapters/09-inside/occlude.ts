/** Occlusion (Zeiler and Fergus 2014, ECCV): a grey square slides over what the network sees, and the score of a class falls where it looks. */
import type { InlineModel, Tensor } from 'receptive/inline';
import { tensor } from 'receptive/inline';

export interface Occlusion {
  /** How far the score falls with the square at each place, by rows. */
  readonly falls: readonly number[];
  readonly rows: number;
  readonly columns: number;
  /** Score of the class with nothing hidden. */
  readonly score: number;
}

/** Places of the square along each side, each half a square from the last. */
const PLACES = 9;

/** Side of the square, and the step from one to the next, so that the last ends where the picture does. */
const squareOf = (size: number): readonly [side: number, step: number] => [(2 * size) / (PLACES + 1), size / (PLACES + 1)];

function hidden({ data, shape }: Tensor, row: number, column: number): Tensor {
  const [, channels = 0, height = 0, width = 0] = shape;
  const [[tall, down], [wide, along]] = [squareOf(height), squareOf(width)];
  const out = Float32Array.from(data as Float32Array);
  for (let c = 0; c < channels; c++) {
    // Zero is the mean of all photos once they are normalised: a grey.
    for (let y = Math.floor(row * down); y < Math.min(height, row * down + tall); y++) {
      const from = (c * height + y) * width;
      out.fill(0, from + Math.floor(column * along), from + Math.min(width, Math.ceil(column * along + wide)));
    }
  }
  return tensor(out, shape);
}

const scoreOf = (model: InlineModel, input: Tensor, index: number): number => Number(Object.values(model.run(input))[0]?.data[index] ?? NaN);

/** Lets messages in: a run blocks the worker. */
const turn = (): Promise<void> => new Promise((resume) => setTimeout(resume));

/** @returns undefined where it was stopped */
export async function occlude(model: InlineModel, input: Tensor, index: number, onProgress: (share: number) => void, stopped: () => boolean): Promise<Occlusion | undefined> {
  const score = scoreOf(model, input, index);
  const falls: number[] = [];
  for (let row = 0; row < PLACES; row++) {
    for (let column = 0; column < PLACES; column++) {
      await turn();
      if (stopped()) return undefined;
      falls.push(score - scoreOf(model, hidden(input, row, column), index));
      onProgress(falls.length / PLACES ** 2);
    }
  }
  return { falls, rows: PLACES, columns: PLACES, score };
}
