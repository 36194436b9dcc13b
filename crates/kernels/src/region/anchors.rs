//! The boxes around each place of a map that offsets start from.

use super::Edges;

/// The anchors of a map: the same boxes around the corner of each of its elements.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// H
    pub h: usize,
    /// W
    pub w: usize,
    /// Pixels from an element to the next, vertical and horizontal.
    pub stride: [f32; 2],
    /// Boxes around the origin.
    pub boxes: Vec<Edges>,
}

impl Grid {
    /// Number of anchors.
    pub fn len(&self) -> usize {
        self.h * self.w * self.boxes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Anchor number `at`: lines first, then columns, then boxes.
    pub fn get(&self, at: usize) -> Edges {
        let place = at / self.boxes.len();
        let [left, top, right, bottom] = self.boxes[at % self.boxes.len()];
        let y = (place / self.w) as f32 * self.stride[0];
        let x = (place % self.w) as f32 * self.stride[1];
        [x + left, y + top, x + right, y + bottom]
    }
}
