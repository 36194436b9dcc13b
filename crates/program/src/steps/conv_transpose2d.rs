//! The transposed convolution step of a program (op code 2).

use crate::memory::Memory;
use crate::operands;
use crate::reader::Reader;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::activation::Activation;
use receptive_kernels::conv_transpose2d::{ConvTranspose, TransposedAxis, naive, scatter};
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::filter::{Kind, Layout};
use receptive_kernels::part::Channels;
use receptive_kernels::simd::Native;
use receptive_kernels::team::Team;

#[derive(Debug)]
struct ConvTranspose2d {
    x: ValueId,
    y: ValueId,
    channels: Channels,
    filter: usize,
    bias: Option<usize>,
    n: usize,
    y_axis: TransposedAxis,
    x_axis: TransposedAxis,
    activation: Activation,
    layout: Layout,
    scratch: usize,
    team: Team,
}

/// Reads `x y filter bias N geometry OC groups OPH OPW activation row first`: `y` are the
/// OC channels from `first` on of a map that has `row`. The layout of the filter says which
/// algorithm runs.
pub fn decode(words: &mut Reader<'_>, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let (x, y, filter, bias) = (words.size()?, words.size()?, words.size()?, words.optional()?);
    let n = words.positive("N")?;
    let (vertical, horizontal, c) = operands::axes(words)?;
    let (oc, groups) = (words.positive("OC")?, words.positive("groups")?);
    let y_axis = TransposedAxis::new(vertical, words.size()?)?;
    let x_axis = TransposedAxis::new(horizontal, words.size()?)?;
    let activation = operands::activation(words)?;
    let channels = operands::channels(words, oc)?;

    let weights = context.weights.expect_filter(filter)?;
    let spec = *weights.spec();
    let fits = spec.kind == Kind::ConvTranspose
        && spec.dims == [c, oc / groups, vertical.kernel, horizontal.kernel]
        && (spec.groups, spec.out_channels()) == (groups, oc);
    if !fits {
        let message = format!("filter {spec:?} does not fit {c} to {oc} channels");
        return Err(Error::new(Code::Weights, message));
    }
    context.expect("x", x, checked_len("x", &[n, vertical.size, horizontal.size, c])?)?;
    context.expect("y", y, checked_len("y", &[n, y_axis.out, x_axis.out, channels.row])?)?;
    if let Some(bias) = bias {
        context.weights.expect_constant("bias", bias, oc)?;
    }
    let scratch = match weights.layout() {
        Layout::Raw => 0,
        _ => context.team.threads() * scatter::scratch_len(&spec, vertical.size * horizontal.size),
    };
    let layout = weights.layout();
    Ok(Box::new(ConvTranspose2d {
        x,
        y,
        channels,
        filter,
        bias,
        n,
        y_axis,
        x_axis,
        activation,
        layout,
        scratch,
        team: context.team,
    }))
}

impl Step for ConvTranspose2d {
    fn access(&self) -> Access {
        let (reads, parts) = (vec![self.x], vec![self.channels]);
        Access { reads, write: self.y, parts, scratch: self.scratch, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, weights: &Weights) {
        let (rest, y, scratch) = memory.write(self.y);
        let y = self.channels.of(y);
        let conv = ConvTranspose {
            n: self.n,
            y_axis: self.y_axis,
            x_axis: self.x_axis,
            x: rest.value(self.x),
            filter: weights.filter(self.filter),
            bias: self.bias.map(|id| weights.constant(id)),
            activation: self.activation,
        };
        match self.layout {
            Layout::Raw => naive::conv_transpose2d(&conv, y),
            _ => scatter::conv_transpose2d::<Native>(&conv, y, scratch, &self.team),
        }
    }

    fn algorithm(&self) -> &'static str {
        match self.layout {
            Layout::Raw => "naive",
            Layout::Rows => "im2col",
            _ => "packed",
        }
    }
}
