//! Operands that the words of several steps have.

use crate::memory::Rest;
use crate::reader::Reader;
use crate::step::{Context, ValueId};
use crate::weights::Weights;
use receptive_kernels::activation::Activation;
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::geometry::{Axis, Window};
use receptive_kernels::part::Channels;
use receptive_kernels::strided::RANK_MAX;

/// Reads `C H W KH KW SH SW PT PL PB PR DH DW ceil`.
pub fn window(words: &mut Reader<'_>) -> Result<Window, Error> {
    let (y, x, c) = axes(words)?;
    Window::new(c, y, x)
}

/// Reads the same words for an op that computes its output size by another rule.
pub fn axes(words: &mut Reader<'_>) -> Result<(Axis, Axis, usize), Error> {
    let mut next = || words.size();
    let c = next()?;
    let (h, w, kh, kw) = (next()?, next()?, next()?, next()?);
    let (sh, sw) = (next()?, next()?);
    let (top, left, bottom, right) = (next()?, next()?, next()?, next()?);
    let (dh, dw) = (next()?, next()?);
    let ceil = words.flag()?;
    let y =
        Axis { size: h, kernel: kh, stride: sh, before: top, after: bottom, dilation: dh, ceil };
    let x =
        Axis { size: w, kernel: kw, stride: sw, before: left, after: right, dilation: dw, ceil };
    Ok((y, x, c))
}

/// Reads `kind a b`. A kind without parameters ignores both.
///
/// Fails with [`Code::Descriptor`] for an unknown kind, else as [`Activation::check`].
pub fn activation(words: &mut Reader<'_>) -> Result<Activation, Error> {
    let (kind, a, b) = (words.word()?, words.float()?, words.float()?);
    let activation = match kind {
        0 => Activation::None,
        1 => Activation::Relu,
        2 => Activation::Clip { min: a, max: b },
        3 => Activation::LeakyRelu { slope: a },
        4 => Activation::Sigmoid,
        5 => Activation::Tanh,
        6 => Activation::Silu,
        7 => Activation::HardSwish,
        8 => Activation::HardSigmoid { alpha: a, beta: b },
        9 => Activation::Gelu,
        10 => Activation::GeluTanh,
        other => {
            let message = format!("activation kind is {other}, expected 0 to 10");
            return Err(Error::new(Code::Descriptor, message));
        }
    };
    activation.check()
}

/// Reads `row first` of the `count` channels that a step writes.
#[inline(never)]
pub fn channels(words: &mut Reader<'_>, count: usize) -> Result<Channels, Error> {
    Channels::new(words.positive("row")?, words.size()?, count)
}

/// Reads `rank dims[rank]` and returns the dimensions and their product.
///
/// Fails if the rank is 0 or above [`RANK_MAX`], a dimension is 0 or the product overflows.
pub fn dims(words: &mut Reader<'_>, what: &str) -> Result<(Vec<usize>, usize), Error> {
    let rank = words.size()?;
    if rank == 0 || rank > RANK_MAX {
        let message = format!("{what} has {rank} dimensions, expected 1 to {RANK_MAX}");
        return Err(Error::new(Code::Shape, message));
    }
    let dims = (0..rank).map(|_| words.positive("dimension")).collect::<Result<Vec<_>, _>>()?;
    let len = checked_len(what, &dims)?;
    Ok((dims, len))
}

/// A value or a constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operand {
    /// A value.
    Value(ValueId),
    /// The slot of a constant.
    Constant(usize),
}

impl Operand {
    /// Marks the slot of a constant.
    pub const CONSTANT: u32 = 0x8000_0000;

    /// Reads a value id, or a slot with the flag of constants.
    pub fn decode(words: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(match words.word()? {
            u32::MAX => return Err(Error::new(Code::Descriptor, "operand is missing")),
            word if word & Self::CONSTANT != 0 => {
                Operand::Constant((word & !Self::CONSTANT) as usize)
            }
            word => Operand::Value(word as usize),
        })
    }

    /// Fails unless it exists and has exactly `len` elements.
    pub fn expect(self, what: &str, len: usize, context: Context<'_>) -> Result<(), Error> {
        match self {
            Operand::Value(id) => context.expect(what, id, len),
            Operand::Constant(id) => context.weights.expect_constant(what, id, len),
        }
    }

    /// Its elements.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn activations_are_decoded() {
        let read =
            |kind, a: f32, b: f32| activation(&mut Reader::new(&[kind, a.to_bits(), b.to_bits()]));
        assert_eq!(read(2, 0.0, 6.0), Ok(Activation::Clip { min: 0.0, max: 6.0 }));
        assert_eq!(read(3, 0.1, f32::NAN), Ok(Activation::LeakyRelu { slope: 0.1 }));
        assert_eq!(read(2, 1.0, 0.0).map_err(|e| e.code), Err(Code::Argument));
        assert_eq!(read(11, 0.0, 0.0).map_err(|e| e.code), Err(Code::Descriptor));
        assert!(activation(&mut Reader::new(&[1, 0])).is_err());
    }
}
