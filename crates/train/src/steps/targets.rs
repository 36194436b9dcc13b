//! What the two stages of a detector are to say: boxes matched, drawn and encoded.

use super::elementwise::halves;
use super::update::expect_hyper;
use crate::contract::{AnchorTargets, BoxRule, HYPER_DRAW, HYPER_SEED, RegionTargets, TargetLevel};
use crate::prepared::{Made, Touches, made};
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::random::stream::{Purpose, Stream};
use receptive_kernels::region::anchors::Grid;
use receptive_kernels::region::matcher::Thresholds;
use receptive_kernels::region::sampler::Share;
use receptive_kernels::region::targets::{self, Rule, TRUTH, of_anchors};
use receptive_kernels::roi::ROW;
use receptive_program::contract::AnchorLevel;
use receptive_program::memory::Memory;
use receptive_program::step::{Context, ValueId};
use receptive_program::steps::proposals::grids;

impl BoxRule {
    /// As the kernels take it. Fails for an overlap or a part that is none, or weights that are not
    /// positive.
    fn rule(&self) -> Result<Rule, Error> {
        let BoxRule { match_from, background_below, low_quality, samples, positive, .. } = *self;
        let weights = self.weights.array();
        let parts = [match_from, background_below, positive];
        let fits = parts.iter().all(|part| (0.0..=1.0).contains(part));
        if !fits || background_below > match_from || !weights.iter().all(|&weight| weight > 0.0) {
            let message = "expected overlaps and a part from 0 to 1, and positive weights";
            return Err(Error::new(Code::Argument, message));
        }
        let thresholds = Thresholds { match_from, background_below, low_quality };
        Ok(Rule { thresholds, share: Share { all: samples, positive }, weights })
    }
}

/// The random words of a run.
fn stream_of(hyper: &[f32], stream: usize) -> Stream {
    let seed = halves(&hyper[HYPER_SEED..HYPER_SEED + 4]);
    let draw = halves(&hyper[HYPER_DRAW..HYPER_DRAW + 2]) as u32;
    Stream::new(seed, Purpose::Sampling, stream as u32).at(draw)
}

/// The values of a level.
fn values(level: &TargetLevel) -> [ValueId; 4] {
    [level.labels, level.weights, level.offsets, level.offset_weights]
}

fn anchors_of(level: &TargetLevel) -> AnchorLevel {
    let TargetLevel { labels, offsets, h, w, anchors, stride_y, stride_x, .. } = *level;
    AnchorLevel { objectness: labels, offsets, h, w, anchors, stride_y, stride_x }
}

/// Labels, offsets and the weights of both for the anchors of each level, from `truths`
/// `[N, truths_per_image, 5]`: see [`targets::LevelTargets`] for their shapes. Seed and draw are
/// read from `hyper` at every run, which allocates lists of boxes.
///
/// Fails with [`Code::Argument`] for a rule that is none, or anchors of another number than the
/// levels say.
pub fn anchor_targets(words: AnchorTargets, context: Context<'_>) -> Made {
    let AnchorTargets { truths, hyper, n, truths_per_image, stream, rule, levels, anchors } = words;
    context.expect("true boxes", truths, checked_len("truths", &[n, truths_per_image, TRUTH])?)?;
    expect_hyper(hyper, 0, context)?;
    for level in &levels {
        let len = checked_len("anchors", &[n, level.h, level.w, level.anchors])?;
        let four = checked_len("offsets", &[len, 4])?;
        for (id, len) in values(level).into_iter().zip([len, len, four, four]) {
            context.expect("a target of a level", id, len)?;
        }
    }
    let rule = rule.rule()?;
    let grids = grids(&levels.iter().map(anchors_of).collect::<Vec<_>>(), &anchors)?;
    let ids: Vec<[ValueId; 4]> = levels.iter().map(values).collect();
    let writes = ids.as_flattened().iter().map(|&id| Some(id)).collect();
    let touches = Touches { reads: vec![Some(truths), Some(hyper)], writes, ..Touches::default() };
    made(context, touches, move |memory| {
        let stream = stream_of(memory.value(hyper), stream);
        let drawn = of_anchors(&grids, memory.value(truths), n, &rule, &stream);
        write_levels(memory, &ids, &grids, drawn.as_deref());
    })
}

fn write_levels(
    memory: &mut Memory,
    ids: &[[ValueId; 4]],
    grids: &[Grid],
    drawn: Option<&[Vec<targets::Drawn>]>,
) {
    let mut first = 0;
    for (ids, grid) in ids.iter().zip(grids) {
        let ([labels, weights, offsets, offset_weights], _) = memory.several(ids.map(Some));
        let level = targets::LevelTargets { labels, weights, offsets, offset_weights };
        level.write(drawn, first, grid.len());
        first += grid.len();
    }
}

/// The regions that the second stage learns from, and what it is to say of them, from `rois`
/// `[N, proposed, 5]` and `truths` `[N, truths_per_image, 5]`: see [`targets::RegionTargets`] for
/// the shapes of what is written. Seed and draw are read from `hyper` at every run, which allocates
/// lists of boxes.
///
/// Fails with [`Code::Argument`] for a rule that is none.
pub fn region_targets(words: RegionTargets, context: Context<'_>) -> Made {
    let RegionTargets { rois, truths, hyper, y, labels, weights, offsets, offset_weights, .. } =
        words;
    let RegionTargets { n, proposed, truths_per_image, classes, stream, ref rule, .. } = words;
    context.expect("regions", rois, checked_len("regions", &[n, proposed, ROW])?)?;
    context.expect("true boxes", truths, checked_len("truths", &[n, truths_per_image, TRUTH])?)?;
    expect_hyper(hyper, 0, context)?;
    let rule = rule.rule()?;
    let rows = checked_len("samples", &[n, rule.share.all])?;
    let four = checked_len("offsets", &[rows, classes, 4])?;
    let writes = [y, labels, weights, offsets, offset_weights];
    for (id, len) in writes.into_iter().zip([rows * ROW, rows, rows, four, four]) {
        context.expect("a target of regions", id, len)?;
    }
    let touches = writes[1..]
        .iter()
        .fold(Touches::new([rois, truths, hyper], y), |touches, &id| touches.writing(id));
    let ids = [rois, truths, hyper, y, labels, weights, offsets, offset_weights].map(Some);
    made(context, touches, move |memory| {
        let ([proposed, truths, hyper, rois, labels, weights, offsets, offset_weights], _) =
            memory.several(ids);
        let stream = stream_of(hyper, stream);
        let targets = targets::RegionTargets { rois, labels, weights, offsets, offset_weights };
        targets.write([proposed, truths], [n, classes], &rule, &stream);
    })
}
