//! Regions that may have an object.

use crate::contract::{AnchorLevel, BoxRules, Edges, Proposals};
use crate::memory::Memory;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::boxes::Options;
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::region::anchors::Grid;
use receptive_kernels::region::proposals::{Level, Most, proposals};
use receptive_kernels::region::{self, Image};
use receptive_kernels::roi::ROW;

impl Edges {
    /// Left, top, right, bottom.
    pub fn array(&self) -> [f32; 4] {
        [self.left, self.top, self.right, self.bottom]
    }
}

impl BoxRules {
    /// What the kernels take. Fails with [`Code::Argument`] for an overlap that is none. Images are
    /// so small that every pixel has a number in f32.
    pub fn rules(&self) -> Result<(Image, region::Rules), Error> {
        let BoxRules { height, width, score, least, iou, ref weights } = *self;
        let image = Image { height: height as f32, width: width as f32 };
        Options::greedy(f64::from(iou), 1).check()?;
        Ok((image, region::Rules { score, least, iou, weights: weights.array() }))
    }
}

/// The anchors of each level. Fails with [`Code::Argument`] unless the boxes are as many as the
/// levels say.
pub fn grids(levels: &[AnchorLevel], anchors: &[Edges]) -> Result<Vec<Grid>, Error> {
    let mut rest = anchors;
    let mut grids = Vec::with_capacity(levels.len());
    for level in levels {
        let Some((boxes, others)) = rest.split_at_checked(level.anchors) else { break };
        rest = others;
        grids.push(Grid {
            h: level.h,
            w: level.w,
            stride: [level.stride_y, level.stride_x],
            boxes: boxes.iter().map(Edges::array).collect(),
        });
    }
    if grids.len() < levels.len() || !rest.is_empty() {
        let message = format!("{} anchors do not suffice or are too many", anchors.len());
        return Err(Error::new(Code::Argument, message));
    }
    Ok(grids)
}

#[derive(Debug)]
struct Proposed {
    y: ValueId,
    counts: ValueId,
    n: usize,
    /// Objectness and offsets of each level.
    values: Vec<[ValueId; 2]>,
    grids: Vec<Grid>,
    image: Image,
    rules: region::Rules,
    most: Most,
}

/// The step from objectness `[N, H, W, A]` and offsets `[N, H, W, A * 4]` of each level to regions
/// `y` `[N, after, 5]` and `counts` `[N]`. A run allocates lists of boxes.
///
/// Fails with [`Code::Argument`](receptive_kernels::error::Code) for anchors of another number than
/// the levels say or an overlap that is none, with
/// [`Code::Descriptor`](receptive_kernels::error::Code) where `y` is `counts`.
pub fn step(words: Proposals, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let Proposals { y, counts, n, before, after, rules, levels, anchors } = words;
    context.expect("regions", y, checked_len("regions", &[n, after, ROW])?)?;
    context.expect("counts", counts, n)?;
    context.distinct(&[Some(y), Some(counts)])?;
    for (at, level) in levels.iter().enumerate() {
        let len = checked_len("anchors", &[n, level.h, level.w, level.anchors])?;
        context.expect(&format!("objectness {at}"), level.objectness, len)?;
        let len = checked_len("offsets", &[len, 4])?;
        context.expect(&format!("offsets {at}"), level.offsets, len)?;
    }
    let grids = grids(&levels, &anchors)?;
    let values = levels.iter().map(|level| [level.objectness, level.offsets]).collect();
    let ((image, rules), most) = (rules.rules()?, Most { before, after });
    Ok(Box::new(Proposed { y, counts, n, values, grids, image, rules, most }))
}

impl Step for Proposed {
    fn access(&self) -> Access {
        let reads = self.values.concat();
        Access { reads, write: self.y, further: vec![self.counts], ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        let mut counts = vec![0.0; self.n];
        let (rest, y, _) = memory.write(self.y);
        let level = |(&[objectness, offsets], grid): (&[ValueId; 2], _)| Level {
            objectness: rest.value(objectness),
            offsets: rest.value(offsets),
            grid,
        };
        let levels: Vec<Level<'_>> = self.values.iter().zip(&self.grids).map(level).collect();
        proposals(&levels, self.image, &self.rules, self.most, y, &mut counts);
        memory.value_mut(self.counts).copy_from_slice(&counts);
    }
}
