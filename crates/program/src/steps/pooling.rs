//! What windowed pooling has in common.

use crate::contract;
use crate::step::{Context, ValueId};
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::geometry::{Axis, Window};

/// The checked window of a pooling from `x`, `[N, H, W, C]`, to `y`, `[N, OH, OW, C]`. Fails with
/// [`Code::Geometry`](receptive_kernels::error::Code) where no output comes from it, with
/// [`Code::Shape`](receptive_kernels::error::Code) for a value of another length.
pub fn window(
    [x, y]: [ValueId; 2],
    n: usize,
    window: &contract::Window,
    context: Context<'_>,
) -> Result<Window, Error> {
    let window = window.check()?;
    check_padding(&window.y)?;
    check_padding(&window.x)?;
    let Window { c, oh, ow, .. } = window;
    let input = checked_len("input", &[n, window.y.size, window.x.size, c])?;
    context.expect("input", x, input)?;
    context.expect("output", y, checked_len("output", &[n, oh, ow, c])?)?;
    Ok(window)
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
