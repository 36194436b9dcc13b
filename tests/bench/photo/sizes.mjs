/** The photos and what a page hands over. */

/** By megapixels. At these qualities the largest has the bytes of a phone's photo, 0.93 MB. */
export const PHOTOS = {
  0.4: { width: 768, height: 512, quality: 90 },
  1: { width: 1152, height: 864, quality: 90 },
  2: { width: 1632, height: 1224, quality: 90 },
  12: { width: 4032, height: 3024, quality: 85 },
};

/** From the smallest on; keys of an object that are whole numbers would come first. */
export const SIZES = Object.keys(PHOTOS).sort((a, b) => a - b);

/** What is classified in a page. */
export const KINDS = ['new image', 'image', 'file', 'canvas', 'camera'];
