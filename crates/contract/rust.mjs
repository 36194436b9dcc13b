/** The Rust half of the contract, as rustfmt writes it. */
import { pascal, snake, spaced, upper } from './names.mjs';

const WIDTH = 100;

/** Doc lines of at most the width. */
function docs(text, indent = '', mark = '///') {
  const lines = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line && indent.length + mark.length + line.length + word.length + 2 > WIDTH) {
      lines.push(line);
      line = '';
    }
    line += ` ${word}`;
  }
  return [...lines, line].map((text) => `${indent}${mark}${text}\n`).join('');
}

/** A struct literal on one line where it fits, else one field a line. */
function literal(indent, before, fields, after) {
  const line = `${indent}${before} { ${fields.join(', ')} }${after}`;
  if (line.length <= WIDTH) return `${line}\n`;
  return `${indent}${before} {\n${fields.map((field) => `${indent}    ${field},\n`).join('')}${indent}}${after}\n`;
}

/** An array that is bound to `all`, likewise. */
function array(items) {
  const line = `    let all = [${items.join(', ')}];`;
  if (line.length <= WIDTH) return `${line}\n`;
  return `    let all = [\n${items.map((item) => `        ${item},\n`).join('')}    ];\n`;
}

const hex = (value) => `0x${value.toString(16).padStart(8, '0').replace(/^(....)/, '$1_')}`;

/** Where an enum or a union is: in the kernels, or here. */
const pathOf = ({ name, rust, inherited }) => (rust ? `kernels::${rust}` : inherited ? `base::${pascal(name)}` : pascal(name));

/** The Rust type of a field. */
function typeOf(field, types) {
  switch (field.kind) {
    case 'value': return 'ValueId';
    case 'value?': return 'Option<ValueId>';
    case 'filter': case 'constant': return 'SlotId';
    case 'constant?': return 'Option<SlotId>';
    case 'operand': return 'Operand';
    case 'float': return 'f32';
    case 'flag': return 'bool';
    case 'sizes': return `[usize; ${field.count}]`;
    case 'dims': case 'perDim': return 'Vec<usize>';
    case 'records': return `Vec<${pascal(field.of)}>`;
    case 'record': return pascal(field.of);
    case 'enum': case 'union': return pathOf(types.get(field.of));
    default: return 'usize';
  }
}

/** The expression that reads a field. */
function readerOf({ kind, name, of }) {
  switch (kind) {
    case 'value?': case 'constant?': return 'words.optional()?';
    case 'operand': return 'Operand::read(words)?';
    case 'positive': return `words.positive("${spaced(name)}")?`;
    case 'float': return 'words.float()?';
    case 'flag': return 'words.flag()?';
    case 'sizes': return 'words.sizes()?';
    case 'dims': return 'words.dims()?';
    case 'perDim': return `words.list(${of}.len())?`;
    case 'records': return `words.records("${spaced(name)}", ${pascal(of)}::read)?`;
    case 'record': return `${pascal(of)}::read(words)?`;
    case 'enum': return `${snake(of)}(words.word()?)?`;
    case 'union': return `${snake(of)}(words)?`;
    default: return 'words.size()?';
  }
}

function struct({ name, doc, fields }, types, derives) {
  const members = fields.map((field) => `${docs(field.doc, '    ')}    pub ${snake(field.name)}: ${typeOf(field, types)},\n`).join('');
  return `${docs(doc)}#[derive(${derives})]\npub struct ${pascal(name)} {\n${members}}\n\n${readFunction(name, fields)}`;
}

/** Fields are read in their order; where some are counted by others, one after the other. */
function readFunction(name, fields) {
  const counted = fields.findLastIndex(({ kind }) => kind === 'perDim') + 1;
  const lets = fields.slice(0, counted).map((field) => `        let ${snake(field.name)} = ${readerOf(field)};\n`).join('');
  const members = fields.map((field, i) => (i < counted ? snake(field.name) : `${snake(field.name)}: ${readerOf(field)}`));
  return `impl ${pascal(name)} {
    /// Reads the words in their order. Fails as what reads each field does: a method of [\`Reader\`] or
    /// a function of this module.
    pub fn read(words: &mut Reader<'_>) -> Result<Self, Error> {
${lets}${literal('        ', `Ok(${pascal(name)}`, members, ')')}    }
}
`;
}

function ownEnum({ name, doc, variants }) {
  const members = variants.map((variant) => `    /// \`${variant}\`\n    ${pascal(variant)},\n`).join('');
  return `${docs(doc)}#[derive(Debug, Clone, Copy, PartialEq, Eq)]\npub enum ${pascal(name)} {\n${members}}\n\n`;
}

const unknown = ({ name, variants }, word) => `Err(unknown("${spaced(name)}", ${word}, ${variants.length}))`;

function enumReader(of) {
  const path = pathOf(of);
  const arms = of.variants.map((variant, i) => `        ${i} => Ok(${path}::${pascal(variant)}),\n`).join('');
  return `${docs(`${of.doc} Fails with [\`Code::Descriptor\`] for a number that none has.`)}pub fn ${snake(of.name)}(word: u32) -> Result<${path}, Error> {
    match word {
${arms}        other => ${unknown(of, 'other')},
    }
}
`;
}

/** As the union has float parameters, its Rust type has a `check` of what they may be. */
function unionReader(of) {
  const path = pathOf(of);
  const most = Math.max(...of.variants.map(({ params }) => params.length));
  const arm = ({ name, params }) => {
    const bound = params.map((param, i) => `${param}: params[${i}]`).join(', ');
    return `${path}::${pascal(name)}${bound && ` { ${bound} }`}`;
  };
  const arms = of.variants.map((variant, i) => `        ${i} => ${arm(variant)},\n`).join('');
  const doc = `${of.doc} Fails with [\`Code::Descriptor\`] for a number that none has, else as its \`check\`.`;
  return `${docs(doc)}pub fn ${snake(of.name)}(words: &mut Reader<'_>) -> Result<${path}, Error> {
    let (kind, params) = (words.word()?, words.floats::<${most}>()?);
    let read = match kind {
${arms}        other => return ${unknown(of, 'other')},
    };
    read.check()
}
`;
}

function constants({ words, limits }) {
  const word = ({ name, value, doc }) => `${docs(doc)}pub const ${upper(name)}: u32 = ${hex(value)};\n`;
  const limit = ({ name, value, doc }) => `${docs(doc)}pub const ${upper(name)}: usize = ${value};\n`;
  const same = ({ name, rust }) => `    assert!(${upper(name)} == kernels::${rust});\n`;
  const kept = limits.filter(({ rust }) => rust);
  const checks = kept.length === 0 ? '' : `
// What the contract promises is what the kernels have.
const _: () = {
${kept.map(same).join('')}};
`;
  return `${words.map(word).join('')}${limits.map(limit).join('')}${checks}`;
}

function decode({ base, uses, steps }) {
  const used = ({ name, code }) => `        ${code} => inference::${snake(name)}::step(base::${pascal(name)}::read(words)?, context),\n`;
  // Those of training are so many that several stand in a file.
  const own = base ? '' : '::step';
  const arm = ({ name, code }) => `        ${code} => steps::${snake(name)}${own}(${pascal(name)}::read(words)?, context),\n`;
  return `/// The codes of all steps.
${codes([...uses, ...steps])}

/// Reads the words of the step that has a code, checks them against the context and boxes the step.
pub fn decode(
    code: u32,
    words: &mut Reader<'_>,
    context: Context<'_>,
) -> Result<Box<dyn Step>, Error> {
    match code {
${uses.map(used).join('')}${steps.map(arm).join('')}        other => Err(Error::new(Code::Descriptor, format!("no op has code {other}"))),
    }
}
${base ? '' : UNKNOWN}`;
}

const UNKNOWN = `
/// The error of a number that no variant has.
pub fn unknown(what: &str, word: u32, count: u32) -> Error {
    let message = format!("{what} is {word}, expected 0 to {}", count - 1);
    Error::new(Code::Descriptor, message)
}
`;

/** A list of numbers, filled as rustfmt does. */
function codes(steps) {
  const numbers = steps.map(({ code }) => String(code));
  const line = `pub const CODES: [u32; ${steps.length}] = [${numbers.join(', ')}];`;
  if (line.length <= WIDTH) return line;
  const below = `    [${numbers.join(', ')}];`;
  if (below.length <= WIDTH) return `pub const CODES: [u32; ${steps.length}] =\n${below}`;
  const rows = [''];
  for (const number of numbers) {
    if (rows.at(-1).length + number.length + 7 > WIDTH) rows.push('');
    rows.push(`${rows.pop()}${rows.at(-1) === '' ? '' : ' '}${number},`.replace(/^ /, ''));
  }
  return `pub const CODES: [u32; ${steps.length}] = [\n${rows.map((row) => `    ${row.trim()}\n`).join('')}];`;
}

/** Tests only: a struct from the names and values that TypeScript wrote beside the words. */
function fromJson({ enums, unions, records, steps }, header) {
  const value = (field) => {
    const of = `&value["${field.name}"]`;
    switch (field.kind) {
      case 'value?': case 'constant?': return `json::optional(${of})`;
      case 'operand': return `json::operand(${of})`;
      case 'float': return `json::float(${of})`;
      case 'flag': return `json::flag(${of})`;
      case 'sizes': return `json::sizes(${of})`;
      case 'dims': case 'perDim': return `json::list(${of}, json::size)`;
      case 'records': return `json::list(${of}, ${snake(field.of)})`;
      case 'record': case 'enum': case 'union': return `${snake(field.of)}(${of})`;
      default: return `json::size(${of})`;
    }
  };
  const make = ({ name, fields }) => `
fn ${snake(name)}(value: &Value) -> ${pascal(name)} {
${literal('    ', pascal(name), fields.map((field) => `${snake(field.name)}: ${value(field)}`), '')}}
`;
  // Each variant in a match without a rest: one that the contract lacks does not compile.
  const enumOf = (of) => {
    const path = pathOf(of);
    const all = of.variants.map((variant) => `${path}::${pascal(variant)}`);
    const names = of.variants.map((variant, i) => `        ${all[i]} => "${variant}",\n`).join('');
    return `
fn ${snake(of.name)}(value: &Value) -> ${path} {
    let name = |variant: &${path}| match variant {
${names}    };
${array(all)}    json::named(value, all, name)
}
`;
  };
  const unionOf = (of) => {
    const path = pathOf(of);
    const filled = ({ name, params }, fill) => `${path}::${pascal(name)}${params.length ? ` { ${params.map(fill).join(', ')} }` : ''}`;
    const names = of.variants.map((variant) => `        ${filled(variant, () => '..').replace('.., ..', '..')} => "${variant.name}",\n`);
    const all = of.variants.map((variant) => filled(variant, (param, i) => `${param}: params[${i}]`));
    return `
fn ${snake(of.name)}(value: &Value) -> ${path} {
    let params = json::params(value);
    let name = |variant: &${path}| match variant {
${names.join('')}    };
${array(all)}    json::named(&value["name"], all, name)
}
`;
  };
  const arm = ({ name, code }) => `        ${code} => assert_eq!(${pascal(name)}::read(words), Ok(${snake(name)}(fields))),\n`;
  const record = ({ name }) => `        "${name}" => assert_eq!(${pascal(name)}::read(words), Ok(${snake(name)}(fields))),\n`;
  return `// ${header}

//! What was encoded, by name, against what is decoded.

use super::json;
use crate::contract::*;
use crate::reader::Reader;
use receptive_kernels as kernels;
use serde_json::Value;

/// Panics unless the words of a step mean its fields.
pub fn expect_step(code: u32, words: &mut Reader<'_>, fields: &Value) {
    match code {
${steps.map(arm).join('')}        other => panic!("no op has code {other}"),
    }
}

/// Panics unless the words of a record mean its fields.
pub fn expect_record(name: &str, words: &mut Reader<'_>, fields: &Value) {
    match name {
${records.map(record).join('')}        other => panic!("there is no record {other}"),
    }
}
${[...enums.map(enumOf), ...unions.map(unionOf), ...[...records, ...steps].map(make)].join('')}`;
}

/** A contract of its own, or one whose fields are made by another's types as well. */
function contractFile(contract, header) {
  const { base, enums, unions, records, steps } = contract;
  const types = new Map([...enums, ...unions, ...(base ? [...base.enums, ...base.unions].map((of) => ({ ...of, inherited: true })) : [])].map((of) => [of.name, of]));
  const readers = [...enums.map(enumReader), ...unions.map(unionReader)].join('\n');
  return `// ${header}

//! What the words of a descriptor are.

${base ? importsOfExtending(contract) : IMPORTS}
${constants(contract)}
${decode(contract)}
${enums.filter(({ rust }) => !rust).map(ownEnum).join('')}${readers}
${records.map((record) => struct(record, types, 'Debug, Clone, Copy, PartialEq')).join('\n')}
${steps.map((step) => struct(step, types, 'Debug, Clone, PartialEq')).join('\n')}`;
}

const IMPORTS = `use crate::operand::Operand;
use crate::reader::Reader;
use crate::step::{Context, Step, ValueId};
use crate::steps;
use crate::weights::SlotId;
use receptive_kernels as kernels;
use receptive_kernels::error::{Code, Error};
`;

/** An import on one line where it fits. */
function useList(from, names) {
  const line = `use ${from}::{${names.join(', ')}};`;
  return line.length <= WIDTH ? line : `use ${from}::{\n    ${names.join(', ')},\n};`;
}

function importsOfExtending({ base, records, steps }) {
  const fields = [...records, ...steps].flatMap((of) => of.fields);
  const of = (kind, all, shown) => all.filter(({ name }) => fields.some((field) => field.kind === kind && field.of === name)).map(({ name }) => shown(name));
  const names = [...of('record', base.records, pascal), ...of('enum', base.enums, snake), ...of('union', base.unions, snake), 'unknown'];
  const sorted = names.sort((a, b) => (/^[A-Z]/.test(a) === /^[A-Z]/.test(b) ? (a < b ? -1 : 1) : /^[A-Z]/.test(a) ? -1 : 1));
  return `use crate::steps;
use receptive_kernels as kernels;
use receptive_kernels::error::{Code, Error};
use receptive_program::contract as base;
${useList('receptive_program::contract', sorted)}
use receptive_program::reader::Reader;
use receptive_program::step::{Context, Step, ValueId};
use receptive_program::steps as inference;
`;
}

export function rustFiles(contract, header) {
  const { base, folder } = contract;
  return {
    [`${folder}/src/contract.rs`]: contractFile(contract, header),
    // The types of one that extends another are those whose words are tested there.
    ...(!base && { [`${folder}/src/contract_tests/from_json.rs`]: fromJson(contract, header) }),
  };
}
