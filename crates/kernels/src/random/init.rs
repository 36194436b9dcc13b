//! Initial weights, with PyTorch's rules.
//!
//! Kaiming: He et al. 2015, arXiv 1502.01852. Xavier: Glorot and Bengio 2010.

use super::fill::{fill_normal, fill_uniform};
use super::stream::Stream;
use crate::error::{Code, Error, checked_len};

/// How many inputs an output has, and how many outputs an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fan {
    /// `dims[1] * dims[2] * ...`: `C / groups * KH * KW` of a convolution.
    pub input: usize,
    /// `dims[0] * dims[2] * ...`
    pub output: usize,
}

impl Fan {
    /// Of a weight with PyTorch's dimensions, `[OC, C / groups, KH, KW]` or `[out, in]`.
    ///
    /// Fails with [`Code::Shape`] if there are fewer than two dimensions, one is 0, or their product
    /// overflows.
    pub fn of(dims: &[usize]) -> Result<Self, Error> {
        let [outputs, inputs, kernel @ ..] = dims else {
            let message = format!("weight with dimensions {dims:?}, expected 2 or more");
            return Err(Error::new(Code::Shape, message));
        };
        if checked_len("weight", dims)? == 0 {
            return Err(Error::new(
                Code::Shape,
                format!("weight with dimensions {dims:?} is empty"),
            ));
        }
        let kernel: usize = kernel.iter().product();
        Ok(Fan { input: inputs * kernel, output: outputs * kernel })
    }
}

/// What follows the layer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Nonlinearity {
    /// Nothing, another convolution, or a sigmoid.
    Linear,
    /// Hyperbolic tangent.
    Tanh,
    /// ReLU.
    Relu,
    /// Leaky ReLU with its slope.
    LeakyRelu(f32),
    /// SELU.
    Selu,
}

impl Nonlinearity {
    /// By how much weights are larger to make up for what it takes away: PyTorch's
    /// `calculate_gain`.
    pub fn gain(self) -> f64 {
        match self {
            Nonlinearity::Linear => 1.0,
            Nonlinearity::Tanh => 5.0 / 3.0,
            Nonlinearity::Relu => 2f64.sqrt(),
            Nonlinearity::LeakyRelu(slope) => {
                (2.0 / (1.0 + f64::from(slope) * f64::from(slope))).sqrt()
            }
            Nonlinearity::Selu => 0.75,
        }
    }
}

/// Uniform on `+-gain * sqrt(3 / fan)`; `fan` is one member of [`Fan`].
pub fn kaiming_uniform(stream: &Stream, fan: usize, gain: f64, out: &mut [f32]) {
    symmetric(stream, gain * (3.0 / fan as f64).sqrt(), out);
}

/// Normal with standard deviation `gain / sqrt(fan)`; `fan` is one member of [`Fan`].
pub fn kaiming_normal(stream: &Stream, fan: usize, gain: f64, out: &mut [f32]) {
    fill_normal(stream, 0.0, (gain / (fan as f64).sqrt()) as f32, out);
}

/// Uniform on `+-gain * sqrt(6 / (fan_in + fan_out))`.
pub fn xavier_uniform(stream: &Stream, fan: Fan, gain: f64, out: &mut [f32]) {
    symmetric(stream, gain * (6.0 / (fan.input as f64 + fan.output as f64)).sqrt(), out);
}

/// Normal with standard deviation `gain * sqrt(2 / (fan_in + fan_out))`.
pub fn xavier_normal(stream: &Stream, fan: Fan, gain: f64, out: &mut [f32]) {
    let std = gain * (2.0 / (fan.input as f64 + fan.output as f64)).sqrt();
    fill_normal(stream, 0.0, std as f32, out);
}

/// What PyTorch's convolutions and linear layers start with, weight and bias alike: uniform on
/// `+-1 / sqrt(fan_in)`.
pub fn layer_default(stream: &Stream, fan_in: usize, out: &mut [f32]) {
    symmetric(stream, 1.0 / (fan_in as f64).sqrt(), out);
}

/// The same value for all elements.
pub fn constant(value: f32, out: &mut [f32]) {
    out.fill(value);
}

fn symmetric(stream: &Stream, bound: f64, out: &mut [f32]) {
    fill_uniform(stream, -bound as f32, bound as f32, out);
}
