//! What a page or a script calls, in this order and without glue: `prepare`, `operand` for each of
//! the four, `run`. Sizes are elements, f32 each; addresses are bytes. What asks for the shape
//! before `prepare` has returned 0, or for an operand or a lesson that is none, traps.
#![allow(unsafe_code)] // The attributes that export something count as unsafe.

use crate::{Error, LESSONS, Shape};
use std::sync::Mutex;

const PACKAGE: &str = env!("CARGO_PKG_VERSION");

/// The version, in a section of its own, as in the product's modules: scripts of another refuse it.
// SAFETY: the section is one of the module's own, which nothing of it reads.
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

/// Chooses the shape: an image `[c, h, w]` and `oc` kernels `[c, kh, kw]`. Returns 0, or 1 or 2 as
/// [`Error::Geometry`] and [`Error::TooLarge`] say; there is then no shape.
// SAFETY: no other function of the module has this name.
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
// SAFETY: no other function of the module has this name.
#[unsafe(no_mangle)]
extern "C" fn output_height() -> usize {
    shape().oh
}

/// Width of the output.
// SAFETY: no other function of the module has this name.
#[unsafe(no_mangle)]
extern "C" fn output_width() -> usize {
    shape().ow
}

/// Elements of operand `which`: image, weights, bias, output.
// SAFETY: no other function of the module has this name.
#[unsafe(no_mangle)]
extern "C" fn operand_len(which: usize) -> usize {
    shape().lens()[which]
}

/// Makes room for operand `which` and returns its address, which holds until the next call for it.
/// Memory may have grown. Elements that are new are 0.
// SAFETY: no other function of the module has this name.
#[unsafe(no_mangle)]
extern "C" fn operand(which: usize) -> *mut f32 {
    let len = operand_len(which);
    let operand = &mut WORK.lock().unwrap().1[which];
    operand.resize(len, 0.0);
    operand.as_mut_ptr()
}

/// Whether lesson `lesson`, of 0 to 5, can compute the shape.
// SAFETY: no other function of the module has this name.
#[unsafe(no_mangle)]
extern "C" fn supports(lesson: usize) -> bool {
    (LESSONS[lesson].supports)(&shape())
}

/// Computes the output by lesson `lesson`. Returns 0, or 3 or 4 as [`Error::Unsupported`] and
/// [`Error::Length`] say; the output is then as it was.
// SAFETY: no other function of the module has this name.
#[unsafe(no_mangle)]
extern "C" fn run(lesson: usize) -> u32 {
    let shape = shape();
    let [x, weights, bias, y] = &mut WORK.lock().unwrap().1;
    code(LESSONS[lesson].run(&shape, x, weights, bias, y))
}
