//! Transposed convolution.

use crate::contract;
use crate::memory::Memory;
use crate::step::{Access, Context, Step};
use crate::weights::Weights;
use receptive_kernels::conv_transpose2d::{ConvTranspose, TransposedAxis, naive, scatter};
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::filter::{Kind, Layout};
use receptive_kernels::native;
use receptive_kernels::part::Channels;
use receptive_kernels::team::Team;

#[derive(Debug)]
struct ConvTranspose2d {
    words: contract::ConvTranspose2d,
    y_axis: TransposedAxis,
    x_axis: TransposedAxis,
    channels: Channels,
    layout: Layout,
    scratch: usize,
    team: Team,
}

/// The step from `x` `[N, H, W, C]` to `OC` channels of `y` `[N, OH, OW, row]`; `bias` is a
/// constant `[OC]` or missing.
///
/// Fails with [`Code::Geometry`](receptive_kernels::error::Code) for padding that leaves no output
/// or an output padding that is no less than stride and dilation, with
/// [`Code::Weights`](receptive_kernels::error::Code) for a filter that is not complete or not of
/// this layer, with [`Code::Shape`](receptive_kernels::error::Code) for channels that the row does
/// not have.
pub fn step(
    words: contract::ConvTranspose2d,
    context: Context<'_>,
) -> Result<Box<dyn Step>, Error> {
    let contract::ConvTranspose2d { n, oc, groups, .. } = words;
    let (c, [vertical, horizontal]) = (words.window.c, words.window.axes());
    let y_axis = TransposedAxis::new(vertical, words.output_padding[0])?;
    let x_axis = TransposedAxis::new(horizontal, words.output_padding[1])?;
    let channels = words.part.channels(oc)?;

    let filter = context.weights.expect_filter(words.filter)?;
    let (spec, layout) = (filter.spec(), filter.layout());
    let fits = spec.kind == Kind::ConvTranspose
        && spec.dims == [c, oc / groups, vertical.kernel, horizontal.kernel]
        && (spec.groups, spec.out_channels()) == (groups, oc);
    if !fits {
        let message = format!("filter {spec:?} does not fit {c} to {oc} channels");
        return Err(Error::new(Code::Weights, message));
    }
    let in_len = checked_len("x", &[n, vertical.size, horizontal.size, c])?;
    context.expect("x", words.x, in_len)?;
    let y_len = checked_len("y", &[n, y_axis.out, x_axis.out, channels.row])?;
    context.expect("y", words.y, y_len)?;
    if let Some(bias) = words.bias {
        context.weights.expect_constant("bias", bias, oc)?;
    }
    let team = context.team;
    let scratch = match layout {
        Layout::Raw => 0,
        _ => team.threads() * scatter::scratch_len(spec, vertical.size * horizontal.size),
    };
    Ok(Box::new(ConvTranspose2d { words, y_axis, x_axis, channels, layout, scratch, team }))
}

impl Step for ConvTranspose2d {
    fn access(&self) -> Access {
        let (reads, parts) = (vec![self.words.x], vec![self.channels]);
        Access { reads, write: self.words.y, parts, scratch: self.scratch, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, weights: &Weights) {
        let words = &self.words;
        let (rest, y, scratch) = memory.write(words.y);
        let y = self.channels.of(y);
        let conv = ConvTranspose {
            n: words.n,
            y_axis: self.y_axis,
            x_axis: self.x_axis,
            x: rest.value(words.x),
            filter: weights.filter(words.filter),
            bias: words.bias.map(|id| weights.constant(id)),
            activation: words.activation,
        };
        match self.layout {
            Layout::Raw => naive::conv_transpose2d(&conv, y),
            _ => native::conv_transpose2d(&conv, y, scratch, &self.team),
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
