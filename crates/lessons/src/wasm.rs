//! What a page or a script calls: no glue, four buffers and one call.
#![allow(unsafe_code)] // The attribute that exports a function counts as unsafe.

use crate::{Error, LESSONS, Shape};
use std::sync::Mutex;

/// Image, weights, bias and output.
static OPERANDS: Mutex<[Vec<f32>; 4]> = Mutex::new([const { Vec::new() }; 4]);

/// Makes operand `which` `len` elements long and returns its address. Memory may have grown.
#[unsafe(no_mangle)]
extern "C" fn operand(which: usize, len: usize) -> *mut f32 {
    let mut operands = OPERANDS.lock().unwrap();
    operands[which].resize(len, 0.0);
    operands[which].as_mut_ptr()
}

/// Runs a lesson on the operands: 0, or why not.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments)] // Numbers are all that crosses without glue.
extern "C" fn run(
    lesson: usize,
    c: usize,
    h: usize,
    w: usize,
    oc: usize,
    kh: usize,
    kw: usize,
    stride: usize,
    pad: usize,
) -> u32 {
    let mut operands = OPERANDS.lock().unwrap();
    let [x, weights, bias, y] = &mut *operands;
    let shape = Shape::new([c, h, w], [oc, kh, kw], stride, pad);
    match shape.and_then(|s| LESSONS[lesson].run(&s, x, weights, bias, y)) {
        Ok(()) => 0,
        Err(Error::Geometry) => 1,
        Err(Error::TooLarge) => 2,
        Err(Error::Length) => 3,
        Err(Error::Unsupported) => 4,
    }
}
