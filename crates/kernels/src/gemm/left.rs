//! The left operand of a product: where its rows start, and where the elements of a row lie.
//!
//! What an output pixel of a convolution sees is a row of the im2col matrix. Its elements lie in
//! the image already, a few runs of them, so the product reads them there and the matrix is never
//! written ("indirect" or implicit GEMM: Dukhan 2019, arXiv 1907.02129).

/// The elements of a row relative to its start: `y` times `x` runs of `len` elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taps {
    y: usize,
    x: usize,
    len: usize,
    y_step: usize,
    x_step: usize,
}

impl Taps {
    /// One run.
    pub fn run(len: usize) -> Self {
        Taps { y: 1, x: 1, len, y_step: 0, x_step: 0 }
    }

    /// `y` lines `y_step` elements apart, of `x` runs `x_step` elements apart, of `len` elements.
    /// Runs that touch are joined.
    pub fn window([y, y_step]: [usize; 2], [x, x_step]: [usize; 2], len: usize) -> Self {
        let joined = x_step == len || x == 1;
        let (x, x_step, len) = if joined { (1, 0, x * len) } else { (x, x_step, len) };
        if x == 1 && (y_step == len || y == 1) {
            return Taps::run(y * len);
        }
        Taps { y, x, len, y_step, x_step }
    }

    /// Elements of a row: `K`.
    pub fn count(&self) -> usize {
        self.y * self.x * self.len
    }

    /// Elements of a run.
    #[inline(always)]
    pub fn run_len(&self) -> usize {
        self.len
    }

    /// Where a run starts.
    #[inline(always)]
    pub fn run_at(&self, run: usize) -> usize {
        if self.x == 1 {
            return run * self.y_step;
        }
        run / self.x * self.y_step + run % self.x * self.x_step
    }

    /// Elements from the start of a row to the end of its last run.
    pub fn reach(&self) -> usize {
        if self.count() == 0 {
            return 0;
        }
        (self.y - 1) * self.y_step + (self.x - 1) * self.x_step + self.len
    }
}

/// Where rows start: along lines of equal steps, lines of images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Walk {
    cols: usize,
    lines: usize,
    col_step: usize,
    line_step: usize,
    image_step: usize,
    at: [usize; 3],
    start: usize,
}

impl Walk {
    /// Rows `step` elements apart.
    pub fn straight(step: usize) -> Self {
        Walk::lines([usize::MAX, step], [usize::MAX, 0], 0)
    }

    /// Lines of `cols` rows `col_step` apart; images of `lines` lines `line_step` apart; images
    /// `image_step` apart.
    pub fn lines(
        [cols, col_step]: [usize; 2],
        [lines, line_step]: [usize; 2],
        image_step: usize,
    ) -> Self {
        Walk { cols, lines, col_step, line_step, image_step, at: [0; 3], start: 0 }
    }

    /// Where the next row starts.
    #[inline(always)]
    pub fn step(&mut self) -> usize {
        let start = self.start;
        let [image, line, col] = &mut self.at;
        *col += 1;
        self.start += self.col_step;
        if *col == self.cols {
            *col = 0;
            *line += 1;
            if *line == self.lines {
                *line = 0;
                *image += 1;
            }
            self.start = *image * self.image_step + *line * self.line_step;
        }
        start
    }
}

/// The left operand.
#[derive(Debug, Clone, Copy)]
pub struct Left<'a> {
    /// Holds all rows.
    pub data: &'a [f32],
    /// Where they start.
    pub walk: Walk,
    /// What of `data` belongs to each.
    pub taps: Taps,
}

impl<'a> Left<'a> {
    /// A matrix: rows of `k` elements, `stride` apart.
    pub fn matrix(data: &'a [f32], k: usize, stride: usize) -> Self {
        Left { data, walk: Walk::straight(stride), taps: Taps::run(k) }
    }

    /// The elements of the row at `start`, in order.
    pub fn row(&self, start: usize) -> impl Iterator<Item = f32> + '_ {
        let taps = self.taps;
        let runs = if taps.len == 0 { 0 } else { taps.y * taps.x };
        (0..runs)
            .flat_map(move |run| self.data[start + taps.run_at(run)..][..taps.len].iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_that_touch_are_joined() {
        assert_eq!(Taps::window([3, 50], [3, 4], 4), Taps::window([3, 50], [1, 0], 12));
        assert_eq!(Taps::window([3, 12], [3, 4], 4), Taps::run(36));
        assert_eq!(Taps::window([1, 50], [3, 8], 4).run_at(2), 16);
        let taps = Taps::window([2, 50], [3, 8], 4);
        assert_eq!((taps.count(), taps.reach(), taps.run_at(4)), (24, 70, 58));
        assert_eq!(Taps::run(0).reach(), 0);
    }

    #[test]
    fn rows_follow_lines_and_images() {
        let mut walk = Walk::lines([2, 3], [2, 10], 100);
        let starts: Vec<usize> = (0..6).map(|_| walk.step()).collect();
        assert_eq!(starts, [0, 3, 10, 13, 100, 103]);
        let mut straight = Walk::straight(7);
        assert_eq!((0..3).map(|_| straight.step()).collect::<Vec<_>>(), [0, 7, 14]);
    }
}
