//! Fields of the shared cases.

use crate::operand::Operand;
use serde_json::Value;

/// A number, or the slot of a weight.
pub fn size(value: &Value) -> usize {
    let number = value.as_u64().or(value["weight"].as_u64());
    number.unwrap_or_else(|| panic!("{value} is no size")) as usize
}

pub fn optional(value: &Value) -> Option<usize> {
    (!value.is_null()).then(|| size(value))
}

pub fn operand(value: &Value) -> Operand {
    if value.is_object() { Operand::Constant(size(value)) } else { Operand::Value(size(value)) }
}

pub fn float(value: &Value) -> f32 {
    value.as_f64().unwrap() as f32
}

pub fn flag(value: &Value) -> bool {
    value.as_bool().unwrap()
}

pub fn list<T>(value: &Value, item: impl Fn(&Value) -> T) -> Vec<T> {
    value.as_array().unwrap().iter().map(item).collect()
}

pub fn sizes<const N: usize>(value: &Value) -> [usize; N] {
    list(value, size).try_into().unwrap()
}

/// The parameters of a variant that has any; unused ones are 0.
pub fn params(value: &Value) -> [f32; 2] {
    let params = &value["params"];
    [0, 1].map(|at| params.get(at).map_or(0.0, float))
}

/// The variant of a name.
pub fn named<T, const N: usize>(
    value: &Value,
    all: [T; N],
    name: impl Fn(&T) -> &'static str,
) -> T {
    let found = all.into_iter().find(|variant| Some(name(variant)) == value.as_str());
    found.unwrap_or_else(|| panic!("there is no variant {value}"))
}
