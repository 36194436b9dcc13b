/** Types of what the tests import. */
export const FILES: readonly string[];
