/** The names of one contract in two languages. */

export const pascal = (name) => name[0].toUpperCase() + name.slice(1);

/** `convTranspose2d` is `conv_transpose2d`, `aStrides` is `a_strides`. */
export const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export const upper = (name) => snake(name).toUpperCase();

/** `filterKind` is `filter kind`, for messages. */
export const spaced = (name) => snake(name).replaceAll('_', ' ');
