//! The convolution step of a program (op code 1).

use crate::memory::Memory;
use crate::operands;
use crate::reader::Reader;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::activation::Activation;
use receptive_kernels::conv2d::select::{Algorithm, select};
use receptive_kernels::conv2d::{Conv, blocked, depthwise, im2col, naive, packed, winograd};
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::filter::{FilterSpec, Kind};
use receptive_kernels::geometry::Window;
use receptive_kernels::part::Channels;
use receptive_kernels::simd::Native;
use receptive_kernels::team::Team;

#[derive(Debug)]
struct Conv2d {
    x: ValueId,
    y: ValueId,
    channels: Channels,
    residual: Option<ValueId>,
    filter: usize,
    bias: Option<usize>,
    n: usize,
    window: Window,
    activation: Activation,
    algorithm: Algorithm,
    scratch: usize,
    team: Team,
}

/// Reads `x y residual filter bias N geometry OC groups activation row first`: `y` are the OC
/// channels from `first` on of a map that has `row`. The layout of the filter says which algorithm
/// runs.
pub fn decode(words: &mut Reader<'_>, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let (x, y, residual) = (words.size()?, words.size()?, words.optional()?);
    let (filter, bias) = (words.size()?, words.optional()?);
    let n = words.positive("N")?;
    let window = operands::window(words)?;
    let (oc, groups) = (words.positive("OC")?, words.positive("groups")?);
    let activation = operands::activation(words)?;
    let channels = operands::channels(words, oc)?;

    let weights = context.weights.expect_filter(filter)?;
    let spec = *weights.spec();
    let expected = (Kind::Conv, [oc, spec.dims[1], window.y.kernel, window.x.kernel], groups);
    if (spec.kind, spec.dims, spec.groups) != expected || spec.in_channels() != window.c {
        let message =
            format!("filter is {spec:?}, the step needs {expected:?} on {} channels", window.c);
        return Err(Error::new(Code::Weights, message));
    }
    let in_len = checked_len("x", &[n, window.y.size, window.x.size, window.c])?;
    context.expect("x", x, in_len)?;
    let y_len = checked_len("y", &[n, window.oh, window.ow, channels.row])?;
    context.expect("y", y, y_len)?;
    if let Some(residual) = residual {
        let len = checked_len("residual", &[n, window.oh, window.ow, oc])?;
        context.expect("residual", residual, len)?;
    }
    if let Some(bias) = bias {
        context.weights.expect_constant("bias", bias, oc)?;
    }
    let algorithm = select(&spec, weights.layout(), &window)?;
    let scratch = scratch_len(algorithm, n, &window, &spec, &context.team)?;
    Ok(Box::new(Conv2d {
        x,
        y,
        channels,
        residual,
        filter,
        bias,
        n,
        window,
        activation,
        algorithm,
        scratch,
        team: context.team,
    }))
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
        let reads = [Some(self.x), self.residual].into_iter().flatten().collect();
        let parts = vec![self.channels];
        Access { reads, write: self.y, parts, scratch: self.scratch, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, weights: &Weights) {
        let (rest, y, scratch) = memory.write(self.y);
        let y = self.channels.of(y);
        let conv = Conv {
            n: self.n,
            window: &self.window,
            x: rest.value(self.x),
            filter: weights.filter(self.filter),
            bias: self.bias.map(|id| weights.constant(id)),
            residual: self.residual.map(|id| rest.value(id)),
            activation: self.activation,
        };
        match self.algorithm {
            Algorithm::Naive => naive::conv2d(&conv, y),
            Algorithm::Im2col => im2col::conv2d(&conv, y, scratch),
            Algorithm::Blocked => blocked::conv2d(&conv, y, scratch),
            Algorithm::Packed | Algorithm::Pointwise => {
                packed::conv2d::<Native>(&conv, y, scratch, &self.team);
            }
            Algorithm::Depthwise => depthwise::conv2d::<Native>(&conv, y, scratch, &self.team),
            Algorithm::Winograd(_) => winograd::conv2d::<Native>(&conv, y, scratch, &self.team),
        }
    }

    fn algorithm(&self) -> &'static str {
        self.algorithm.name()
    }
}
