/** Steps and records with drawn fields, encoded: crates/program decodes them and compares each field. */
import { readContract } from '../../crates/contract.mjs';
import type { Contract, Field, Struct } from '../../crates/contract.mjs';
import * as encoders from '../../ts/contract/steps.js';
import { numbers } from '../../ts/contract/word.js';
import type { Step, Word } from '../../ts/contract/word.js';
import { VERSION } from '../../ts/contract/words.js';

/** Of each step and record: as many as the enum or union with the most has variants, so that each is among them. */
const CASES = Math.max(12, ...[...readContract().enums, ...readContract().unions].map(({ variants }) => variants.length));

/** What an encoder is given for a field, and how the file shows it. */
interface Drawn {
  readonly given: unknown;
  readonly shown: unknown;
}

const same = (value: unknown): Drawn => ({ given: value, shown: value });

/** Whole numbers below `end`, the same each time (Numerical Recipes' generator). */
class Random {
  private state = 1;

  below(end: number): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * end);
  }

  id = (): number => this.below(1 << 20);
  size = (): number => 1 + this.below(1 << 16);
  /** A float32 that decimal digits show exactly. */
  float = (): number => (this.below(1 << 16) - (1 << 15)) / 1024;
  sizes = (count: number): number[] => Array.from({ length: count }, this.size);
}

/** Draws fields of the contract's types. Of optional ones, the first case has none and the second has all. */
class Draw {
  private readonly random = new Random();

  constructor(private readonly contract: Contract) {}

  fields({ fields }: Struct, index: number): Drawn {
    const [given, shown]: Record<string, unknown>[] = [{}, {}];
    const rank = 1 + (index % 8);
    for (const field of fields) {
      const drawn = this.field(field, index, rank);
      Object.assign(given!, { [field.name]: drawn.given });
      Object.assign(shown!, { [field.name]: drawn.shown });
    }
    return { given, shown };
  }

  private field({ kind, of, count = 0 }: Field, index: number, rank: number): Drawn {
    const { random } = this;
    const isThere = index === 1 || (index > 1 && random.below(2) === 1);
    switch (kind) {
      case 'value': return same(random.id());
      case 'value?': return isThere ? same(random.id()) : { given: undefined, shown: null };
      case 'filter': case 'constant': return same({ weight: random.id() });
      case 'constant?': return isThere ? same({ weight: random.id() }) : { given: undefined, shown: null };
      case 'operand': return same(isThere ? { weight: random.id() } : random.id());
      case 'size': case 'positive': return same(random.size());
      case 'float': return same(random.float());
      case 'flag': return same(random.below(2) === 1);
      case 'sizes': return same(random.sizes(count));
      case 'dims': case 'perDim': return same(random.sizes(rank));
      case 'enum': return same(this.variants(of)[index % this.variants(of).length]);
      case 'union': return this.union(of, index);
      case 'record': return this.fields(this.record(of), index);
      case 'records': {
        const drawn = Array.from({ length: 1 + (index % 3) }, () => this.fields(this.record(of), index));
        return { given: drawn.map(({ given }) => given), shown: drawn.map(({ shown }) => shown) };
      }
      default: throw new Error(`the cases know no fields of kind ${kind}`);
    }
  }

  /** Parameters rise, since some are a lower and an upper bound. */
  private union(of: string | undefined, index: number): Drawn {
    const variants = this.contract.unions.find(({ name }) => name === of)?.variants ?? [];
    const at = index % variants.length;
    const { name, params = [] } = variants[at] ?? {};
    const first = this.random.float();
    const values = params.map((_, i) => first + i);
    // The first case leaves it out, which is the first variant.
    return { given: index === 0 ? undefined : [at, ...values, 0, 0].slice(0, 3), shown: { name, params: values } };
  }

  private variants(of: string | undefined): readonly string[] {
    return this.contract.enums.find(({ name }) => name === of)?.variants ?? [];
  }

  private record(of: string | undefined): Struct {
    const found = this.contract.records.find(({ name }) => name === of);
    if (!found) throw new Error(`there is no record ${of}`);
    return found;
  }
}

const ENCODERS = encoders as unknown as Readonly<Record<string, (of: unknown) => Step | Word[]>>;

/** The text of `cases.json`, a case a line. */
export function writeCases(): string {
  const contract = readContract();
  const draw = new Draw(contract);
  const lines = (structs: readonly Struct[]): string =>
    structs.flatMap((struct) => Array.from({ length: CASES }, (_, index) => {
      const { given, shown } = draw.fields(struct, index);
      const encoded = ENCODERS[struct.name]!(given);
      const { opcode: code, words } = 'words' in encoded ? encoded : { opcode: undefined, words: encoded };
      return JSON.stringify({ name: struct.name, code, words: numbers(words), fields: shown });
    })).join(',\n');
  return `{"version": ${VERSION}, "steps": [\n${lines(contract.steps)}\n], "records": [\n${lines(contract.records)}\n]}\n`;
}
