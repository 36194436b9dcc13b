//! Convolution.

use crate::contract;
use crate::memory::Memory;
use crate::step::{Access, Context, Step};
use crate::weights::Weights;
use receptive_kernels::conv2d::select::{Algorithm, select};
use receptive_kernels::conv2d::{Conv, blocked, depthwise, im2col, naive, packed, winograd};
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::filter::{FilterSpec, Kind};
use receptive_kernels::geometry::Window;
use receptive_kernels::native;
use receptive_kernels::part::Channels;
use receptive_kernels::team::Team;

#[derive(Debug)]
struct Conv2d {
    words: contract::Conv2d,
    window: Window,
    channels: Channels,
    algorithm: Algorithm,
    scratch: usize,
    team: Team,
}

/// The step from `x` `[N, H, W, C]` to `OC` channels of `y` `[N, OH, OW, row]`, with the algorithm
/// that [`select`] says; `residual` is `[N, OH, OW, OC]`, `bias` a constant `[OC]`, either may be
/// missing.
///
/// Fails with [`Code::Geometry`](receptive_kernels::error::Code) for a window without an output,
/// with [`Code::Weights`](receptive_kernels::error::Code) for a filter that is not complete or not
/// of this convolution, with [`Code::Shape`](receptive_kernels::error::Code) for channels that the
/// row does not have.
pub fn step(words: contract::Conv2d, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let contract::Conv2d { n, oc, groups, .. } = words;
    let window = words.window.check()?;
    let channels = words.part.channels(oc)?;
    let filter = context.weights.expect_filter(words.filter)?;
    let spec = filter.spec();
    let expected = (Kind::Conv, [oc, spec.dims[1], window.y.kernel, window.x.kernel], groups);
    if (spec.kind, spec.dims, spec.groups) != expected || spec.in_channels() != window.c {
        let message =
            format!("filter is {spec:?}, the step needs {expected:?} on {} channels", window.c);
        return Err(Error::new(Code::Weights, message));
    }
    let in_len = checked_len("x", &[n, window.y.size, window.x.size, window.c])?;
    context.expect("x", words.x, in_len)?;
    let y_len = checked_len("y", &[n, window.oh, window.ow, channels.row])?;
    context.expect("y", words.y, y_len)?;
    if let Some(residual) = words.residual {
        let len = checked_len("residual", &[n, window.oh, window.ow, oc])?;
        context.expect("residual", residual, len)?;
    }
    if let Some(bias) = words.bias {
        context.weights.expect_constant("bias", bias, oc)?;
    }
    let algorithm = select(spec, filter.layout(), &window)?;
    let scratch = scratch_len(algorithm, n, &window, spec, &context.team)?;
    Ok(Box::new(Conv2d { words, window, channels, algorithm, scratch, team: context.team }))
}

/// Scratch elements of an algorithm, for all threads.
fn scratch_len(
    algorithm: Algorithm,
    n: usize,
    window: &Window,
    spec: &FilterSpec,
    team: &Team,
) -> Result<usize, Error> {
    let (oc, cg) = (spec.out_channels(), window.c / spec.groups);
    let each = match algorithm {
        Algorithm::Im2col => {
            let dims = [window.oh, window.ow, window.y.kernel, window.x.kernel, cg];
            return checked_len("im2col matrix", &dims);
        }
        Algorithm::Blocked => return Ok(blocked::scratch_len(window, cg)),
        Algorithm::Packed | Algorithm::Pointwise => packed::scratch_len(window, n, oc),
        Algorithm::Winograd(tile) => winograd::scratch_len(tile, n, window, oc),
        Algorithm::Depthwise => depthwise::scratch_len(window, n),
        Algorithm::Naive => 0,
    };
    Ok(each * team.threads())
}

impl Step for Conv2d {
    fn access(&self) -> Access {
        let reads = [Some(self.words.x), self.words.residual].into_iter().flatten().collect();
        let parts = vec![self.channels];
        Access { reads, write: self.words.y, parts, scratch: self.scratch, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, weights: &Weights) {
        let words = &self.words;
        let (rest, y, scratch) = memory.write(words.y);
        let y = self.channels.of(y);
        let conv = Conv {
            n: words.n,
            window: &self.window,
            x: rest.value(words.x),
            filter: weights.filter(words.filter),
            bias: words.bias.map(|id| weights.constant(id)),
            residual: words.residual.map(|id| rest.value(id)),
            activation: words.activation,
        };
        match self.algorithm {
            Algorithm::Naive => naive::conv2d(&conv, y),
            Algorithm::Im2col => im2col::conv2d(&conv, y, scratch),
            Algorithm::Blocked => blocked::conv2d(&conv, y, scratch),
            Algorithm::Packed | Algorithm::Pointwise => {
                native::conv2d_packed(&conv, y, scratch, &self.team);
            }
            Algorithm::Depthwise => native::conv2d_depthwise(&conv, y, scratch, &self.team),
            Algorithm::Winograd(_) => native::conv2d_winograd(&conv, y, scratch, &self.team),
        }
    }

    fn algorithm(&self) -> &'static str {
        self.algorithm.name()
    }
}
