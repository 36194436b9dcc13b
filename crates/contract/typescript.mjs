/** The TypeScript half of the contract. */
import { pascal, upper } from './names.mjs';

const WIDTH = 140;

/** A comment of one paragraph. */
function docs(text, indent = '') {
  if (indent.length + text.length + 7 <= WIDTH) return `${indent}/** ${text} */\n`;
  const lines = [''];
  for (const word of text.split(' ')) {
    if (indent.length + 3 + lines.at(-1).length + word.length > WIDTH) lines.push('');
    lines.push(`${lines.pop()} ${word}`);
  }
  return `${indent}/**\n${lines.map((line) => `${indent} *${line}\n`).join('')}${indent} */\n`;
}

/** Words or members, on one line where they fit. */
function list(indent, open, items, close) {
  const line = `${indent}${open}${items.join(', ')}${close}`;
  if (line.length <= WIDTH) return `${line}\n`;
  const rows = [''];
  for (const item of items) {
    if (indent.length + 3 + rows.at(-1).length + item.length > WIDTH) rows.push('');
    rows.push(`${rows.pop()} ${item},`);
  }
  return `${indent}${open.trimEnd()}\n${rows.map((row) => `${indent} ${row}\n`).join('')}${indent}${close.trimStart()}\n`;
}

const hex = (value) => `0x${value.toString(16).padStart(8, '0').replace(/^(....)/, '$1_')}`;
const plural = (name) => `${upper(name)}S`;

function typeOf({ kind, of, count }) {
  switch (kind) {
    case 'value?': return 'number | undefined';
    case 'filter': case 'constant': return 'WeightRef';
    case 'constant?': return 'WeightRef | undefined';
    case 'operand': return 'number | WeightRef';
    case 'flag': return 'boolean';
    case 'sizes': return `readonly [${Array.from({ length: count }, () => 'number').join(', ')}]`;
    case 'dims': case 'perDim': return 'readonly number[]';
    case 'records': return `readonly ${pascal(of)}[]`;
    case 'union': return `${pascal(of)}Words | undefined`;
    case 'enum': case 'record': return pascal(of);
    default: return 'number';
  }
}

function encoded({ kind, name, of }) {
  const field = `of.${name}`;
  switch (kind) {
    case 'value?': case 'constant?': return `${field} ?? NONE`;
    case 'operand': return `operand(${field})`;
    case 'float': return `{ float: ${field} }`;
    case 'flag': return `Number(${field})`;
    case 'sizes': case 'perDim': return `...${field}`;
    case 'dims': return `${field}.length, ...${field}`;
    case 'records': return `${field}.length, ...${field}.flatMap(${of})`;
    case 'record': return `...${of}(${field})`;
    case 'enum': return `${plural(of)}[${field}]`;
    case 'union': return `...${of}(${field})`;
    default: return field;
  }
}

function struct({ name, doc, fields }) {
  // An optional union is its first variant.
  const optional = ({ kind }) => (kind.endsWith('?') || kind === 'union' ? '?' : '');
  const members = fields.map((field) => `${docs(field.doc, '  ')}  readonly ${field.name}${optional(field)}: ${typeOf(field)};\n`).join('');
  return `${docs(doc)}export interface ${pascal(name)} {\n${members}}\n`;
}

/** Words that have no floats and no weights are numbers. */
const isPlain = ({ fields }, records) =>
  fields.every(({ kind, of }) => (kind === 'record' || kind === 'records' ? isPlain(records.find(({ name }) => name === of), records) : ['value', 'size', 'positive', 'flag', 'sizes', 'enum'].includes(kind)));

function recordEncoder(record, records) {
  const type = isPlain(record, records) ? 'number[]' : 'Word[]';
  return `${struct(record)}
export const ${record.name} = (of: ${pascal(record.name)}): ${type} =>
${list('  ', '[', record.fields.map(encoded), '];')}`;
}

function stepEncoder(step) {
  return `${struct(step)}
export const ${step.name} = (of: ${pascal(step.name)}): Step =>
${list('  ', `step(${step.code}, [`, step.fields.map(encoded), ']);')}`;
}

function unionEncoder({ name, doc, variants }) {
  const params = Array.from({ length: Math.max(...variants.map((variant) => variant.params.length)) }, (_, i) => 'ab'[i]);
  const tuple = params.map((param) => `${param}: number`).join(', ');
  return `${docs(`${doc} As numbers: its kind, of \`${plural(name)}\`, and as many parameters as any has.`)}export type ${pascal(name)}Words = readonly [kind: number, ${tuple}];

export const ${name} = ([kind, ${params.join(', ')}]: ${pascal(name)}Words = [0, ${params.map(() => '0').join(', ')}]): Word[] => [kind, ${params.map((param) => `{ float: ${param} }`).join(', ')}];
`;
}

const constant = ({ name, value, doc }, shown) => `${docs(doc)}export const ${upper(name)} = ${shown(value)};\n`;

/** Apart from the words: a page needs a limit, and none of the tables. */
function limitsFile({ limits }, header) {
  return `// ${header}

${limits.map((limit) => constant(limit, String)).join('\n')}`;
}

function wordsFile({ words, enums, unions }, header) {
  const numbered = (names) => names.map((name, i) => `${name}: ${i}`);
  const table = (name, doc, names) => `${docs(doc)}${list('', `export const ${plural(name)} = { `, numbered(names), ' } as const;')}`;
  const enumOf = ({ name, doc, variants }) => `${table(name, doc, variants)}export type ${pascal(name)} = keyof typeof ${plural(name)};\n`;
  const unionOf = ({ name, doc, variants }) => table(name, doc, variants.map((variant) => variant.name));
  return `// ${header}

${[...words.map((word) => constant(word, hex)), ...enums.map(enumOf), ...unions.map(unionOf)].join('\n')}`;
}

function stepsFile({ enums, unions, records, steps }, header) {
  return `// ${header}

${list('', 'import { ', [...enums.map(({ name }) => plural(name)), 'NONE'].sort(), " } from './words.js';")}${list('', 'import type { ', enums.map(({ name }) => pascal(name)).sort(), " } from './words.js';")}import { operand, step } from './word.js';
import type { Step, WeightRef, Word } from './word.js';

${[...unions.map(unionEncoder), ...records.map((record) => recordEncoder(record, records)), ...steps.map(stepEncoder)].join('\n')}`;
}

/** Of a contract that extends another: what its fields are made by may stand in either. */
function extendingStepsFile({ base, enums, records, steps }, header) {
  const used = [...records, ...steps].flatMap(({ fields }) => fields);
  const namedBy = (kind, all) => all.map(({ name }) => name).filter((name) => used.some((field) => field.kind === kind && field.of === name));
  const inherited = { enums: namedBy('enum', base.enums), unions: namedBy('union', base.unions), records: namedBy('record', base.records) };
  const own = namedBy('enum', enums);
  const words = (names, from) => (names.length === 0 ? '' : `import { ${names.join(', ')} } from '${from}';\n`);
  const types = (names, from) => (names.length === 0 ? '' : `import type { ${names.join(', ')} } from '${from}';\n`);
  const typesOf = [...inherited.unions.map((name) => `${pascal(name)}Words`), ...inherited.records.map(pascal)];
  const known = [...records, ...base.records];
  const worded = records.every((record) => isPlain(record, known)) ? 'Step' : 'Step, Word';
  return `// ${header}

${words([...inherited.unions, ...inherited.records], '../steps.js')}${types(typesOf, '../steps.js')}${words([...inherited.enums.map(plural), 'NONE'].sort(), '../words.js')}${types(inherited.enums.map(pascal), '../words.js')}import { step } from '../word.js';
import type { ${worded} } from '../word.js';
${words(own.map(plural), './words.js')}${types(own.map(pascal), './words.js')}
${[...records.map((record) => recordEncoder(record, known)), ...steps.map(stepEncoder)].join('\n')}`;
}

/** Words of a field; where their number is not fixed, nothing that names a value may follow. */
function widthOf({ kind, of, count }, records) {
  if (kind === 'sizes') return count;
  if (kind === 'record') return records.find(({ name }) => name === of).fields.reduce((sum, field) => sum + widthOf(field, records), 0);
  return ['records', 'dims', 'perDim', 'union'].includes(kind) ? NaN : 1;
}

/** Where a list of records is, how many words each has, and how many of them name values: the first ones. Nothing where none do. */
function listOf(place, { name, fields }) {
  const values = fields.filter(({ kind }) => kind === 'value').length;
  if (fields.slice(0, values).some(({ kind }) => kind !== 'value')) throw new Error(`record ${name}: a value follows other words`);
  return values === 0 ? [] : [place, fields.length, values];
}

/** Which words of a step name values: their places, and for a list of records that begin with a value the place of its length. */
function valuesFile({ base, uses, records, steps }, header) {
  const all = [...records, ...base.records];
  const rows = [...uses, ...steps].map(({ code, fields }) => {
    const [at, lists] = [[], []];
    let place = 0;
    for (const field of fields) {
      if (['value', 'value?', 'operand'].includes(field.kind)) at.push(place);
      if (field.kind === 'records') lists.push(...listOf(place, all.find(({ name }) => name === field.of)));
      place += widthOf(field, all);
    }
    if ([...at, ...lists].some(Number.isNaN)) throw new Error(`step ${code}: a value follows words whose number is not fixed`);
    return `  ${code}: { at: [${at.join(', ')}]${lists.length > 0 ? `, list: [${lists.join(', ')}]` : ''} },\n`;
  });
  return `// ${header}

/** Which words of a step name values. */
export interface ValueWords {
  /** Their places. */
  readonly at: readonly number[];
  /** Of a list of records that begin with values: the place of its length, the words of a record, and how many of them name values. */
  readonly list?: readonly [at: number, width: number, values: number];
}

/** By the code of the step. */
export const VALUE_WORDS: Readonly<Record<number, ValueWords>> = {
${rows.join('')}};
`;
}

export function typescriptFiles(contract, header) {
  const folder = contract.base ? 'ts/contract/train' : 'ts/contract';
  return {
    [`${folder}/limits.ts`]: limitsFile(contract, header),
    [`${folder}/words.ts`]: wordsFile(contract, header),
    [`${folder}/steps.ts`]: contract.base ? extendingStepsFile(contract, header) : stepsFile(contract, header),
    ...(contract.base && { [`${folder}/values.ts`]: valuesFile(contract, header) }),
  };
}
