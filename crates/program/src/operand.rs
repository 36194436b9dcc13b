//! What a step reads that may be a value or a constant.

use crate::contract::{CONSTANT_FLAG, NONE};
use crate::memory::Rest;
use crate::reader::Reader;
use crate::step::{Context, ValueId};
use crate::weights::{SlotId, Weights};
use receptive_kernels::error::{Code, Error};

/// A value or a constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operand {
    /// Of the arena.
    Value(ValueId),
    /// Of the weights.
    Constant(SlotId),
}

impl Operand {
    /// Reads the id of a value, or a slot with the flag of constants. Fails with
    /// [`Code::Descriptor`] where neither is there.
    pub fn read(words: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(match words.word()? {
            NONE => return Err(Error::new(Code::Descriptor, "operand is missing")),
            word if word & CONSTANT_FLAG != 0 => {
                Operand::Constant((word & !CONSTANT_FLAG) as usize)
            }
            word => Operand::Value(word as usize),
        })
    }

    /// Fails unless it exists and has exactly `len` elements: with [`Code::Shape`] for another
    /// length, with [`Code::Argument`] for no value, with [`Code::Weights`] for no constant.
    pub fn expect(self, what: &str, len: usize, context: Context<'_>) -> Result<(), Error> {
        match self {
            Operand::Value(id) => context.expect(what, id, len),
            Operand::Constant(id) => context.weights.expect_constant(what, id, len),
        }
    }

    /// Its elements; those of a value must not be the ones being written.
    pub fn get<'a>(self, rest: &'a Rest<'_>, weights: &'a Weights) -> &'a [f32] {
        match self {
            Operand::Value(id) => rest.value(id),
            Operand::Constant(id) => weights.constant(id),
        }
    }

    /// The value, if it is one.
    pub fn value(self) -> Option<ValueId> {
        match self {
            Operand::Value(id) => Some(id),
            Operand::Constant(_) => None,
        }
    }
}
