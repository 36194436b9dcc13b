/** Numbers as bars, one a line. The list is the text alternative: label and number stand in it. */
import type { JSX } from 'preact';

export interface Bar {
  readonly label: string;
  /** 0 to 1, of the width. */
  readonly part: number;
  readonly text: string;
  readonly strong?: boolean;
}

export function Bars({ label, bars }: { readonly label: string; readonly bars: readonly Bar[] }): JSX.Element {
  return (
    <ol class="bars" aria-label={label}>
      {bars.map((bar) => (
        <li key={bar.label} class={bar.strong ? 'strong' : ''}>
          <span class="name">{bar.label}</span>
          <span class="track" aria-hidden="true"><span style={`width: ${(100 * Math.min(1, Math.max(0, bar.part))).toFixed(1)}%`} /></span>
          <span class="value">{bar.text}</span>
        </li>
      ))}
    </ol>
  );
}
