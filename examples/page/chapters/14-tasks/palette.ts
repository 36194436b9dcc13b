/** Colours of the eleven classes of pixels, all far from the grey of the scene and from each other. The background, class 0, is not painted. */
export const PALETTE = new Uint8Array([
  0, 0, 0,
  230, 25, 75, 60, 180, 75, 255, 225, 25, 67, 99, 255, 245, 130, 49,
  185, 107, 255, 66, 212, 244, 240, 50, 230, 191, 239, 69, 250, 190, 212,
]);

/** The colour of a class, as CSS takes it. */
export const colourOf = (index: number): string => `rgb(${PALETTE.subarray(3 * index, 3 * index + 3).join(' ')})`;
