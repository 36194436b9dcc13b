import { wrong } from '../base/wrong.js';
import { showValue } from '../base/show.js';
import type { Scene } from './scene.js';

/** Scenes of a seed. Each is made when it is asked for, from its number alone. */
export interface Scenes extends Iterable<Scene> {
  /** How many there are: 2^32 unless `count` says fewer. */
  readonly length: number;
  /** The scene of a number from 0 on. @throws ArgumentError for a number that no scene has */
  at(index: number): Scene;
}

export function sourceOf(place: string, length: number, make: (index: number) => Scene): Scenes {
  return {
    length,
    at(index) {
      if (!(Number.isSafeInteger(index) && index >= 0 && index < length)) wrong(`${place}: at`, `a number from 0 to ${length - 1}`, showValue(index));
      return make(index);
    },
    *[Symbol.iterator]() {
      for (let index = 0; index < length; index++) yield make(index);
    },
  };
}
