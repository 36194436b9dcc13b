//! Random numbers by name: each function gives the same bits for the same arguments on all variants.
//!
//! `seed` is the seed of the whole run. `stream` tells parameters, or changes of examples, apart.
//! `len` is how many numbers are wanted; each function throws `engine/memory` where they do not
//! fit.

use crate::module::thrown;
use receptive_kernels::error::{Code, Error};
use receptive_kernels::random::fill::{fill_normal, fill_uniform};
use receptive_kernels::random::init::{
    Fan, kaiming_normal, kaiming_uniform, xavier_normal, xavier_uniform,
};
use receptive_kernels::random::orthogonal;
use receptive_kernels::random::shuffle;
use receptive_kernels::random::stream::{Purpose, Stream};
use wasm_bindgen::prelude::*;

type Numbers = Result<Vec<f32>, JsValue>;

/// Initial values, uniform on `[-bound, bound)`.
#[wasm_bindgen(js_name = initialUniform)]
pub fn initial_uniform(seed: u64, stream: u32, len: usize, bound: f32) -> Numbers {
    initial(seed, stream, len, |stream, out| fill_uniform(stream, -bound, bound, out))
}

/// Initial values, normal with mean 0 and standard deviation `std`.
#[wasm_bindgen(js_name = initialNormal)]
pub fn initial_normal(seed: u64, stream: u32, len: usize, std: f32) -> Numbers {
    initial(seed, stream, len, |stream, out| fill_normal(stream, 0.0, std, out))
}

/// Initial values of He et al. (2015, arXiv 1502.01852), uniform on `+-gain * sqrt(3 / fan)`.
#[wasm_bindgen(js_name = kaimingUniform)]
pub fn initial_kaiming_uniform(
    seed: u64,
    stream: u32,
    len: usize,
    fan: usize,
    gain: f64,
) -> Numbers {
    initial(seed, stream, len, |stream, out| kaiming_uniform(stream, fan, gain, out))
}

/// Initial values of He et al., normal with standard deviation `gain / sqrt(fan)`.
#[wasm_bindgen(js_name = kaimingNormal)]
pub fn initial_kaiming_normal(
    seed: u64,
    stream: u32,
    len: usize,
    fan: usize,
    gain: f64,
) -> Numbers {
    initial(seed, stream, len, |stream, out| kaiming_normal(stream, fan, gain, out))
}

/// Initial values of Glorot and Bengio (2010), uniform on `+-gain * sqrt(6 / (input + output))`,
/// the fans.
#[wasm_bindgen(js_name = xavierUniform)]
pub fn initial_xavier_uniform(
    seed: u64,
    stream: u32,
    len: usize,
    input: usize,
    output: usize,
    gain: f64,
) -> Numbers {
    let fan = Fan { input, output };
    initial(seed, stream, len, |stream, out| xavier_uniform(stream, fan, gain, out))
}

/// Initial values of Glorot and Bengio, normal with standard deviation
/// `gain * sqrt(2 / (input + output))`.
#[wasm_bindgen(js_name = xavierNormal)]
pub fn initial_xavier_normal(
    seed: u64,
    stream: u32,
    len: usize,
    input: usize,
    output: usize,
    gain: f64,
) -> Numbers {
    let fan = Fan { input, output };
    initial(seed, stream, len, |stream, out| xavier_normal(stream, fan, gain, out))
}

/// A matrix `[rows, len / rows]` whose rows, or columns where there are fewer, are orthogonal and
/// of length `gain` (Saxe et al. 2013, arXiv 1312.6120). Throws `engine/shape` if `len` is no
/// multiple of `rows`.
#[wasm_bindgen]
pub fn orthogonal(seed: u64, stream: u32, len: usize, rows: usize, gain: f64) -> Numbers {
    let mut out = zeros(len).map_err(thrown)?;
    let size = (rows, len.checked_div(rows).unwrap_or(0));
    let stream = Stream::new(seed, Purpose::Init, stream);
    orthogonal::orthogonal(&stream, size, gain, &mut out).map_err(thrown)?;
    Ok(out)
}

/// The numbers `0..len` in the random order of a round, such as an epoch.
#[wasm_bindgen]
pub fn permutation(seed: u64, round: u32, len: usize) -> Result<Vec<u32>, JsValue> {
    let mut order = zeros(len).map_err(thrown)?;
    shuffle::permutation(&Stream::new(seed, Purpose::Shuffle, 0).at(round), &mut order);
    Ok(order)
}

/// Numbers of `[0, 1)`, multiples of 2^-24, for changes of examples in a round.
#[wasm_bindgen]
pub fn uniforms(seed: u64, stream: u32, round: u32, len: usize) -> Numbers {
    let mut out = zeros(len).map_err(thrown)?;
    let stream = Stream::new(seed, Purpose::Augmentation, stream).at(round);
    fill_uniform(&stream, 0.0, 1.0, &mut out);
    Ok(out)
}

fn initial(seed: u64, stream: u32, len: usize, fill: impl FnOnce(&Stream, &mut [f32])) -> Numbers {
    let mut out = zeros(len).map_err(thrown)?;
    fill(&Stream::new(seed, Purpose::Init, stream), &mut out);
    Ok(out)
}

/// Room for as many numbers, or [`Code::Memory`].
fn zeros<T: Copy + Default>(len: usize) -> Result<Vec<T>, Error> {
    let mut numbers = Vec::new();
    let room = numbers.try_reserve_exact(len);
    room.map_err(|_| Error::new(Code::Memory, format!("{len} numbers do not fit into memory")))?;
    numbers.resize(len, T::default());
    Ok(numbers)
}
