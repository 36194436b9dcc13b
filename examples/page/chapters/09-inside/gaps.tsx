import type { JSX } from 'preact';
import type { Gap } from 'receptive/inline';
import { say } from '../../app/words.js';
import { text } from './text.js';

/** No more rows than a reader takes in. */
const MOST = 50;

/** What is in the way of a network, node by node. */
export function Gaps({ gaps }: { readonly gaps: readonly Gap[] }): JSX.Element {
  const words = say(text);
  const reasons = { operator: words.gapOperator, domain: words.gapDomain, function: words.gapFunction };
  return (
    <div class="gaps" tabIndex={0} role="region" aria-label={words.gaps(gaps.length)}>
      <table>
        <caption>{words.gaps(gaps.length)}</caption>
        <thead><tr><th scope="col">{words.gapNode}</th><th scope="col">{words.gapOp}</th><th scope="col">{words.gapWhy}</th></tr></thead>
        <tbody>
          {gaps.slice(0, MOST).map(({ node, op, opset, kind }) => (
            <tr key={node}><th scope="row" lang="en">{node}</th><td lang="en">{`${op} (${opset})`}</td><td>{reasons[kind]}</td></tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
