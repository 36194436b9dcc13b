//! The two stages of Faster R-CNN (Ren et al. 2015, arXiv 1506.01497) where they depend on data:
//! boxes are `[left, top, right, bottom]` in pixels.
//!
//! - [`coder`]: boxes as offsets from other boxes, and back;
//! - [`anchors`]: the boxes that offsets of a map start from;
//! - [`proposals`]: the first stage's boxes, suppressed, best first;
//! - [`detections`]: the second stage's boxes of each class;
//! - [`matcher`]: which true box each box is to learn;
//! - [`sampler`]: which of the boxes count;
//! - [`targets`]: what both stages are to say of the boxes that were drawn.
//!
//! Each gives at most a fixed number of boxes, and fills up with rows of zeros. Lists of boxes are
//! allocated while these run: how many there are is not known before.

pub mod anchors;
pub mod coder;
pub mod detections;
pub mod matcher;
pub mod proposals;
pub mod sampler;
pub mod targets;

#[cfg(test)]
mod target_tests;
#[cfg(test)]
mod tests;

/// `[left, top, right, bottom]`
pub type Edges = [f32; 4];

/// The size of the images that boxes lie on, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Image {
    /// Height.
    pub height: f32,
    /// Width.
    pub width: f32,
}

/// A row of `[.., 4]`.
fn edges(row: &[f32]) -> Edges {
    [row[0], row[1], row[2], row[3]]
}

/// Boxes that are left of many.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rules {
    /// A box with less of this score is dropped.
    pub score: f32,
    /// A box with a side of less than this is dropped.
    pub least: f32,
    /// A box that overlaps a better one by more is suppressed.
    pub iou: f32,
    /// What offsets were multiplied by when they were encoded.
    pub weights: [f32; 4],
}
