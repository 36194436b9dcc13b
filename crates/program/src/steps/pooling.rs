//! What the steps of windowed pooling have in common.

use crate::operands;
use crate::reader::Reader;
use crate::step::{Context, ValueId};
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::geometry::{Axis, Window};

/// Input, output and window.
#[derive(Debug, Clone, Copy)]
pub struct Pooling {
    /// `[N, H, W, C]`
    pub x: ValueId,
    /// `[N, OH, OW, C]`
    pub y: ValueId,
    pub window: Window,
}

impl Pooling {
    /// Reads `x y N geom` and checks both values and the padding.
    pub fn decode(words: &mut Reader<'_>, context: Context<'_>) -> Result<Self, Error> {
        let (x, y, n) = (words.size()?, words.size()?, words.positive("batch")?);
        let window = operands::window(words)?;
        check_padding(&window.y)?;
        check_padding(&window.x)?;
        let Window { c, oh, ow, .. } = window;
        let input = checked_len("input", &[n, window.y.size, window.x.size, c])?;
        context.expect("input", x, input)?;
        context.expect("output", y, checked_len("output", &[n, oh, ow, c])?)?;
        Ok(Pooling { x, y, window })
    }
}

/// Padding as wide as the dilated kernel would give windows that see no input at all. PyTorch
/// allows half the kernel; ONNX anything smaller than it.
fn check_padding(axis: &Axis) -> Result<(), Error> {
    let span = axis.dilation as u64 * (axis.kernel as u64 - 1) + 1;
    let pad = axis.before.max(axis.after);
    if (pad as u64) < span {
        return Ok(());
    }
    let message = format!("padding of {pad} for a window that spans {span}, expected less");
    Err(Error::new(Code::Geometry, message))
}
