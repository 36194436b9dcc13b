//! Boxes of classes in regions.

use crate::contract::BoxDetections;
use crate::memory::Memory;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::error::{Error, checked_len};
use receptive_kernels::region::detections::{Detections, Found, detections};
use receptive_kernels::region::{Image, Rules};
use receptive_kernels::roi::ROW;

#[derive(Debug)]
struct Detected {
    /// Regions, logits, offsets, boxes, scores, labels, counts.
    values: [ValueId; 7],
    classes: usize,
    image: Image,
    rules: Rules,
}

/// The step from `rois` `[rows, 5]`, `logits` `[rows, K]` and `offsets` `[rows, K * 4]` to `boxes`
/// `[N, most, 4]`, `scores` and `labels` `[N, most]` and `counts` `[N]`. A run allocates lists of
/// boxes.
///
/// Fails with [`Code::Descriptor`](receptive_kernels::error::Code) for a value that stands twice,
/// with [`Code::Argument`](receptive_kernels::error::Code) for an overlap that is none.
pub fn step(words: BoxDetections, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let BoxDetections { rois, logits, offsets, boxes, scores, labels, counts, .. } = words;
    let BoxDetections { n, rows, classes, most, rules, .. } = words;
    context.expect("regions", rois, checked_len("regions", &[rows, ROW])?)?;
    let len = checked_len("logits", &[rows, classes])?;
    context.expect("logits", logits, len)?;
    context.expect("offsets", offsets, checked_len("offsets", &[len, 4])?)?;
    let len = checked_len("scores", &[n, most])?;
    context.expect("scores", scores, len)?;
    context.expect("labels", labels, len)?;
    context.expect("boxes", boxes, checked_len("boxes", &[len, 4])?)?;
    context.expect("counts", counts, n)?;
    let values = [rois, logits, offsets, boxes, scores, labels, counts];
    context.distinct(&values.map(Some))?;
    let (image, rules) = rules.rules()?;
    Ok(Box::new(Detected { values, classes, image, rules }))
}

impl Step for Detected {
    fn access(&self) -> Access {
        let [rois, logits, offsets, boxes, scores, labels, counts] = self.values;
        Access {
            reads: vec![rois, logits, offsets],
            write: boxes,
            further: vec![scores, labels, counts],
            ..Access::default()
        }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        let (values, _) = memory.several(self.values.map(Some));
        let [rois, logits, offsets, boxes, scores, labels, counts] = values;
        let found = Found { rois, logits, offsets, classes: self.classes };
        detections(found, self.image, &self.rules, Detections { boxes, scores, labels, counts });
    }
}
