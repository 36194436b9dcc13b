import type { Draws } from './draws.js';

/**
 * Multiplies the pixels of each example by a factor of its own, in place; `zero` is what a black pixel is by channel.
 * @param x - [N, channels, plane]
 */
export function brighten(x: Float32Array, plane: number, channels: number, by: number, draws: Draws, zero: readonly number[]): void {
  const factors = draws.between('brightness', 1 - by, 1 + by);
  eachPlane(x, plane, channels, factors, (_, channel) => zero[channel] ?? zero[0]!);
}

/**
 * Multiplies the differences from the mean of a channel by a factor of the example's own, in place.
 * @param x - [N, channels, plane]
 */
export function contrast(x: Float32Array, plane: number, channels: number, by: number, draws: Draws): void {
  const factors = draws.between('contrast', 1 - by, 1 + by);
  eachPlane(x, plane, channels, factors, meanOf);
}

function eachPlane(x: Float32Array, plane: number, channels: number, factors: ArrayLike<number>, fixed: (values: Float32Array, channel: number) => number): void {
  for (let at = 0, i = 0; at < x.length; at += plane, i++) {
    const values = x.subarray(at, at + plane);
    const factor = factors[Math.floor(i / channels)]!;
    const stays = fixed(values, i % channels);
    for (let p = 0; p < plane; p++) values[p] = (values[p]! - stays) * factor + stays;
  }
}

function meanOf(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
