import type { LowerContext, Lowering } from '../onnx/form/lowering.js';
import { reshapeOp } from './reshape/op.js';

/** A lowering of maps that does the same wherever a pixel lies, for volumes [N, C, D, H, W] as well: they are maps of all their lines. */
export function volumesToo(lower: Lowering): Lowering {
  return (context) => {
    const [n = 1, c = 1, ...spatial] = context.shape(0);
    const [d = 1, h = 1, w = 1] = spatial;
    if (spatial.length !== 3 || context.shape(0).includes(0)) return lower(context);
    const flat = [n, c, d * h, w];
    const asMap: LowerContext = {
      ...context,
      shape: (input) => (input === 0 ? flat : context.shape(input)),
      value: (input) => (input === 0 ? context.apply(reshapeOp({ shape: flat }), [context.value(0)]) : context.value(input)),
    };
    return lower(asMap)?.map((value) => {
      const one = context.shapeOf(value).slice(2).every((dim) => dim === 1);
      return context.apply(reshapeOp({ shape: [n, c, ...(one && d * h * w > 1 ? [1, 1, 1] : spatial)] }), [value]);
    });
  };
}
