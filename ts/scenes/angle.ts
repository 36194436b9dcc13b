/** A direction. */
export interface Turn {
  readonly cos: number;
  readonly sin: number;
}

/** Radians of a degree. */
const DEGREE = 0.017453292519943295;

/**
 * The direction at an angle of -180 to 180 degrees, to 1e-7. By sums and products alone, which all engines round alike:
 * `Math.sin` and `Math.cos` differ between them in the last bits. Taylor's polynomials of a quarter of the angle, doubled twice.
 */
export function turnOf(degrees: number): Turn {
  const a = (degrees * DEGREE) / 4;
  const q = a * a;
  const sin = a * (1 - (q / 6) * (1 - (q / 20) * (1 - (q / 42) * (1 - q / 72))));
  const cos = 1 - (q / 2) * (1 - (q / 12) * (1 - (q / 30) * (1 - (q / 56) * (1 - q / 90))));
  return doubled(doubled({ cos, sin }));
}

function doubled({ cos, sin }: Turn): Turn {
  return { cos: cos * cos - sin * sin, sin: 2 * sin * cos };
}
