/** Before the name of a parameter: what its optimiser keeps, and the sum of its gradients. */
export const [STATE, SUM] = ['optimizer ', 'gradients '] as const;
