//! Functions of vectors over slices, in place. What is left over at the end fills up a vector.

use super::units::Elu;
use super::{erf, exp, gelu, log, logistic, units};
use crate::gemm::lanes::{get, put};
use crate::simd::wide::Math;
use crate::simd::{Isa, LANES, Native};

type Lanes = <Native as Math>::Wide;

/// Up to [`LANES`] elements, at least one; `fill` where `from` is shorter.
#[inline(always)]
pub(crate) fn get_or<I: Isa>(from: &[f32], fill: f32) -> I::V {
    match from.first_chunk() {
        Some(whole) => I::get(whole),
        None => {
            let at = |i: usize| from.get(i).copied().unwrap_or(fill);
            I::get(&[at(0), at(1), at(2), fill])
        }
    }
}

/// Replaces every element by `f` of it.
#[inline(always)]
pub(crate) fn map<I: Isa>(values: &mut [f32], mut f: impl FnMut(I::V) -> I::V) {
    for lanes in values.chunks_mut(LANES) {
        put::<I>(f(get::<I>(lanes)), lanes);
    }
}

/// Multiplies every element of `grad` by `f` of the element of `kept` at the same place.
#[inline(always)]
pub(crate) fn multiply<I: Isa>(grad: &mut [f32], kept: &[f32], f: impl Fn(I::V) -> I::V) {
    assert_eq!(grad.len(), kept.len());
    for (grad, kept) in grad.chunks_mut(LANES).zip(kept.chunks(LANES)) {
        put::<I>(I::mul(get::<I>(grad), f(get::<I>(kept))), grad);
    }
}

/// Defines functions over slices.
macro_rules! in_place {
    ($($(#[$doc:meta])* $name:ident = $f:expr;)*) => {
        $(
            $(#[$doc])*
            pub fn $name(values: &mut [f32]) {
                map::<Native>(values, $f);
            }
        )*
    };
}

in_place! {
    /// [`exp::exp`]
    exp = exp::exp::<Lanes>;
    /// [`exp::expm1`]
    expm1 = exp::expm1::<Lanes>;
    /// [`log::log`]
    log = log::log::<Lanes>;
    /// [`erf::erf`]
    erf = erf::erf::<Lanes>;
    /// [`logistic::sigmoid`]
    sigmoid = logistic::sigmoid::<Lanes>;
    /// [`logistic::silu`]
    silu = logistic::silu::<Lanes>;
    /// [`logistic::tanh`]
    tanh = logistic::tanh::<Lanes>;
    /// [`logistic::softplus`]
    softplus = logistic::softplus::<Lanes>;
    /// [`logistic::mish`]
    mish = logistic::mish::<Lanes>;
    /// [`gelu::gelu`]
    gelu = gelu::gelu::<Lanes>;
    /// [`gelu::gelu_tanh`]
    gelu_tanh = gelu::gelu_tanh::<Lanes>;
    /// [`units::softsign`]
    softsign = units::softsign::<Lanes>;
}

/// [`Elu::value`], of ELU, SELU or CELU, in place of every element.
pub fn elu(values: &mut [f32], unit: Elu) {
    map::<Native>(values, |x| unit.value::<Lanes>(x));
}
