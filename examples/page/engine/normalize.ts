/** What a network gets of a pixel from 0 to 1: mean 0 and deviation 1 over MNIST. */
export const NORMALIZE = { mean: 0.1307, std: 0.3081 } as const;
