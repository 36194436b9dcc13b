//! What a page or a script calls, in this order and without glue: `prepare`, `operand` for each of
//! the four, `run`.
#![allow(unsafe_code)] // The attributes that export something count as unsafe.

use crate::{Error, LESSONS, Shape};
use std::sync::Mutex;

const PACKAGE: &str = env!("CARGO_PKG_VERSION");

/// The version, in a section of its own, as in the product's modules: scripts of another refuse it.
#[used]
#[unsafe(link_section = "receptive-version")]
static VERSION: [u8; PACKAGE.len()] = *PACKAGE.as_bytes().first_chunk().unwrap();

/// What is convolved, and image, weights, bias and output.
static WORK: Mutex<(Option<Shape>, [Vec<f32>; 4])> = Mutex::new((None, [const { Vec::new() }; 4]));

/// Errors as numbers; 0 is none.
fn code(result: Result<(), Error>) -> u32 {
    match result {
        Ok(()) => 0,
        Err(Error::Geometry) => 1,
        Err(Error::TooLarge) => 2,
        Err(Error::Unsupported) => 3,
        Err(Error::Length) => 4,
    }
}

fn shape() -> Shape {
    WORK.lock().unwrap().0.expect("prepare was called, and returned 0")
}

/// Chooses the shape.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments)] // Numbers are all that crosses without glue.
extern "C" fn prepare(
    c: usize,
    h: usize,
    w: usize,
    oc: usize,
    kh: usize,
    kw: usize,
    stride: usize,
    pad: usize,
) -> u32 {
    let new = Shape::new([c, h, w], [oc, kh, kw], stride, pad);
    WORK.lock().unwrap().0 = new.ok();
    code(new.map(|_| ()))
}

/// Height of the output.
#[unsafe(no_mangle)]
extern "C" fn output_height() -> usize {
    shape().oh
}

/// Width of the output.
#[unsafe(no_mangle)]
extern "C" fn output_width() -> usize {
    shape().ow
}

/// Elements of operand `which`: image, weights, bias, output.
#[unsafe(no_mangle)]
extern "C" fn operand_len(which: usize) -> usize {
    shape().lens()[which]
}

/// Makes room for operand `which` and returns its address. Memory may have grown.
#[unsafe(no_mangle)]
extern "C" fn operand(which: usize) -> *mut f32 {
    let len = operand_len(which);
    let operand = &mut WORK.lock().unwrap().1[which];
    operand.resize(len, 0.0);
    operand.as_mut_ptr()
}

/// Whether a lesson can compute the shape.
#[unsafe(no_mangle)]
extern "C" fn supports(lesson: usize) -> bool {
    (LESSONS[lesson].supports)(&shape())
}

/// Computes the output.
#[unsafe(no_mangle)]
extern "C" fn run(lesson: usize) -> u32 {
    let shape = shape();
    let [x, weights, bias, y] = &mut WORK.lock().unwrap().1;
    code(LESSONS[lesson].run(&shape, x, weights, bias, y))
}
