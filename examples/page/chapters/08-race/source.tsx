/** The source of a version, as it stands in crates/lessons. */
import type { JSX } from 'preact';
import { say } from '../../app/words.js';
import { useWork } from '../../engine/use-work.js';
import { ErrorNote } from '../../ui/error-note.js';
import { text } from './text.js';
import type { LessonWay } from './ways.js';

type Raw = () => Promise<{ readonly default: string }>;

const SOURCES: Readonly<Record<LessonWay, Raw>> = {
  naive: () => import('../../../../crates/lessons/src/lesson0_naive.rs?raw'),
  im2col: () => import('../../../../crates/lessons/src/lesson1_im2col.rs?raw'),
  blocked: () => import('../../../../crates/lessons/src/lesson2_blocked.rs?raw'),
  tile: () => import('../../../../crates/lessons/src/lesson3_register_tile.rs?raw'),
  simd: () => import('../../../../crates/lessons/src/lesson4_packed_simd.rs?raw'),
  winograd: () => import('../../../../crates/lessons/src/lesson5_winograd.rs?raw'),
};

/** Comments, numbers, types and keywords of Rust, in this order; what is between them is plain. */
const PARTS = /(\/\/.*)|\b(\d[\d_.]*(?:[iuf]\d+)?)\b|\b([A-Z]\w*|f32|usize|u32|bool)\b|\b(as|const|else|fn|for|if|impl|in|let|match|mod|mut|pub|return|struct|type|unsafe|use|while|crate|self)\b/g;
const CLASSES = ['comment', 'number', 'type', 'keyword'] as const;

function highlight(line: string): (string | JSX.Element)[] {
  const pieces: (string | JSX.Element)[] = [];
  let end = 0;
  for (const found of line.matchAll(PARTS)) {
    pieces.push(line.slice(end, found.index), <span class={CLASSES[found.slice(1).findIndex((group) => group !== undefined)]}>{found[0]}</span>);
    end = found.index + found[0].length;
  }
  return [...pieces, line.slice(end)];
}

export function Source({ way }: { readonly way: LessonWay }): JSX.Element {
  const words = say(text);
  const { value, error } = useWork(async () => (await SOURCES[way]()).default, [way]).value;
  const label = words.source(words.lessons[way]);
  return (
    <figure class="rust">
      <figcaption>{label}</figcaption>
      {error !== undefined && <ErrorNote error={error} />}
      {value !== undefined && <pre tabIndex={0} role="region" aria-label={label} lang="en"><code>{value.trimEnd().split('\n').map((line, i) => <span class="line" key={i}>{highlight(line)}{'\n'}</span>)}</code></pre>}
    </figure>
  );
}
