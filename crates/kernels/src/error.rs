//! The one error type of the engine.
//!
//! A kernel never checks its arguments at run time: everything is checked when a step is decoded,
//! and whatever is wrong is one of these, with the step it belongs to.
//!
//! Messages have no floats in them: what prints one is a twentieth of the module.

use core::fmt;
use core::ops::Deref;

/// What went wrong, as a stable code that crosses the wasm boundary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// The descriptor is not one: wrong magic, version, length or op code, or values that are read
    /// before they are written.
    Descriptor,
    /// A window, stride, padding or dilation that no output can come from, or groups that do not
    /// divide channels.
    Geometry,
    /// A tensor whose length does not match what the step needs, or one that memory cannot address.
    Shape,
    /// A weight that is missing, of another kind or not completely written.
    Weights,
    /// The arena or a weight does not fit into memory.
    Memory,
    /// An id that no program, step or value has, or a setting outside of its range.
    Argument,
}

impl Code {
    /// The code as the string that TypeScript sees.
    pub fn as_str(self) -> &'static str {
        match self {
            Code::Descriptor => "engine/descriptor",
            Code::Geometry => "engine/geometry",
            Code::Shape => "engine/shape",
            Code::Weights => "engine/weights",
            Code::Memory => "engine/memory",
            Code::Argument => "engine/argument",
        }
    }
}

/// An error with what it says, behind one pointer: a result then fits into registers, which makes
/// the many checks of a descriptor small.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(Box<Report>);

/// What an error says: its code, a sentence, and the index of the step it belongs to, if any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Stable code.
    pub code: Code,
    /// One sentence that names what was expected and what was given.
    pub message: String,
    /// Index of the step in the descriptor.
    pub step: Option<usize>,
}

impl Error {
    /// An error that does not belong to a step (yet).
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Error(Box::new(Report { code, message: message.into(), step: None }))
    }

    /// The same error, placed at a step.
    #[must_use]
    pub fn at_step(mut self, step: usize) -> Self {
        self.0.step = self.0.step.or(Some(step));
        self
    }
}

impl Deref for Error {
    type Target = Report;

    fn deref(&self) -> &Report {
        &self.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.step {
            Some(step) => write!(f, "step {step}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for Error {}

/// Fails with [`Code::Shape`] unless a value has the number of elements a step needs; `what` names
/// it.
pub fn expect_len(what: &str, expected: usize, got: usize) -> Result<(), Error> {
    if expected == got {
        return Ok(());
    }
    Err(Error::new(Code::Shape, format!("{what} has {got} elements, expected {expected}")))
}

/// The product of dimensions, or [`Code::Shape`] if it overflows; `what` names what has them.
pub fn checked_len(what: &str, dims: &[usize]) -> Result<usize, Error> {
    dims.iter().try_fold(1usize, |product, &dim| product.checked_mul(dim)).ok_or_else(|| {
        Error::new(Code::Shape, format!("{what} with dimensions {dims:?} has too many elements"))
    })
}
