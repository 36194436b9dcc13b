/** Stands for what is no index of a class: a box of it is none. */
export const NO_CLASS = 0xffffffff;

/** The index of a class that a graph gives as a number. */
export function classOf(value: number): number {
  return Number.isInteger(value) && value >= 0 && value < NO_CLASS ? value : NO_CLASS;
}
