//! Greedy suppression until that of all boxes is there.

/// Options.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    iou: f32,
    most: usize,
}

impl Options {
    /// Greedy.
    pub fn greedy(iou: f32, most: usize) -> Self {
        Options { iou, most }
    }
}

/// Kept indices.
pub fn suppress(
    boxes: &[[f32; 4]],
    scores: &[f32],
    groups: Option<&[u32]>,
    options: &Options,
) -> Vec<u32> {
    let mut order: Vec<usize> = (0..boxes.len()).filter(|&i| !scores[i].is_nan()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    let group = |i: usize| groups.map_or(0, |groups| groups[i]);
    let mut kept: Vec<usize> = Vec::new();
    for i in order {
        if kept.len() == options.most {
            break;
        }
        let covered = kept.iter().any(|&k| {
            group(k) == group(i) && super::matcher::iou(boxes[k], boxes[i]) > options.iou
        });
        if !covered {
            kept.push(i);
        }
    }
    kept.into_iter().map(|i| i as u32).collect()
}
