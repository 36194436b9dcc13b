//! Views of matrices whose rows lie a stride apart, so that rows or columns of one can be lent to
//! several threads at a time.
#![allow(unsafe_code)]

use core::marker::PhantomData;
use core::ops::Range;

/// A matrix to read: `rows` rows of `cols` elements, `stride` elements apart.
#[derive(Debug, Clone, Copy)]
pub struct Mat<'a> {
    data: &'a [f32],
    cols: usize,
    stride: usize,
}

impl<'a> Mat<'a> {
    /// A view of `data` as rows of `cols` elements, `stride` apart, of which the last may end
    /// before its stride does.
    pub fn new(data: &'a [f32], cols: usize, stride: usize) -> Self {
        assert!(cols <= stride);
        Mat { data, cols, stride }
    }

    /// The elements of a row.
    ///
    /// # Panics
    /// If there is no such row.
    #[inline(always)]
    pub fn row(&self, row: usize) -> &'a [f32] {
        &self.data[row * self.stride..][..self.cols]
    }

    /// The first element, and elements from a row to the next, for kernels that address a tile by
    /// themselves once they know that all of it, up to `row` and `cols` columns, is there.
    ///
    /// # Panics
    /// If it is not.
    #[inline(always)]
    pub(crate) fn tile(&self, row: usize, cols: usize) -> (*const f32, usize) {
        assert!(cols <= self.cols && row * self.stride + self.cols <= self.data.len());
        (self.data.as_ptr(), self.stride)
    }

    /// The rows and columns of a block.
    ///
    /// # Panics
    /// If the columns are not all there; rows that are not, panic when they are read.
    pub fn block(&self, rows: Range<usize>, cols: Range<usize>) -> Self {
        assert!(cols.end <= self.cols);
        let start = (rows.start * self.stride + cols.start).min(self.data.len());
        Mat { data: &self.data[start..], cols: cols.len(), stride: self.stride }
    }
}

/// A matrix to write: `rows` rows of `cols` elements, `stride` elements apart. Elements between the
/// rows belong to others.
#[derive(Debug)]
pub struct MatMut<'a> {
    data: *mut f32,
    rows: usize,
    cols: usize,
    stride: usize,
    lent: PhantomData<&'a mut [f32]>,
}

// SAFETY: a MatMut is the one way to its elements, as a `&mut [f32]` is, and f32 is Send.
unsafe impl Send for MatMut<'_> {}
// SAFETY: behind a shared reference nothing but the sizes can be reached.
unsafe impl Sync for MatMut<'_> {}

impl<'a> MatMut<'a> {
    /// All of `data` as rows of `cols`.
    ///
    /// # Panics
    /// If `cols` is 0 or the last row is not whole.
    pub fn new(data: &'a mut [f32], cols: usize) -> Self {
        assert!(data.len() % cols == 0);
        Self::strided(data, cols, cols)
    }

    /// Rows of `cols` elements, `stride` apart, as many as `data` has (the last may end before its
    /// stride does).
    ///
    /// # Panics
    /// If the stride is 0 or less than `cols`.
    pub fn strided(data: &'a mut [f32], cols: usize, stride: usize) -> Self {
        assert!(stride > 0 && cols <= stride);
        let rows = (data.len() + stride - cols) / stride;
        MatMut { data: data.as_mut_ptr(), rows, cols, stride, lent: PhantomData }
    }

    /// Rows.
    #[inline(always)]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Elements of a row.
    #[inline(always)]
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// The elements of a row.
    ///
    /// # Panics
    /// If there is no such row.
    #[inline(always)]
    pub fn row(&mut self, row: usize) -> &mut [f32] {
        assert!(row < self.rows);
        // SAFETY: the row is within the elements lent for 'a, rows do not overlap (cols <= stride),
        // and the borrow of self keeps any other from being taken.
        unsafe { core::slice::from_raw_parts_mut(self.data.add(row * self.stride), self.cols) }
    }

    /// As [`Mat::tile`], to be written.
    ///
    /// # Panics
    /// If it is not there.
    #[inline(always)]
    pub(crate) fn tile(&mut self, row: usize, cols: usize) -> (*mut f32, usize) {
        assert!(cols <= self.cols && row < self.rows);
        (self.data, self.stride)
    }

    /// The elements of several rows, or none where something lies between them.
    ///
    /// # Panics
    /// If there are no such rows.
    pub fn contiguous(&mut self, rows: Range<usize>) -> Option<&mut [f32]> {
        assert!(rows.start <= rows.end && rows.end <= self.rows);
        let at = rows.start * self.stride;
        // SAFETY: as for `row`; with cols == stride the rows are one run of elements.
        (self.cols == self.stride).then(|| unsafe {
            core::slice::from_raw_parts_mut(self.data.add(at), rows.len() * self.cols)
        })
    }

    /// The rows and columns of a block, for as long as this is borrowed.
    ///
    /// # Panics
    /// If they are not all there.
    pub fn block(&mut self, rows: Range<usize>, cols: Range<usize>) -> MatMut<'_> {
        // SAFETY: the borrow of self keeps any other block from being taken.
        unsafe { self.shared_block(rows, cols) }
    }

    /// As [`MatMut::block`], while others have blocks of their own. Panics as that does.
    ///
    /// # Safety
    /// No two blocks that are used at the same time share an element.
    pub(crate) unsafe fn shared_block(&self, rows: Range<usize>, cols: Range<usize>) -> MatMut<'_> {
        assert!(rows.start <= rows.end && rows.end <= self.rows);
        assert!(cols.start <= cols.end && cols.end <= self.cols);
        let at = if rows.is_empty() { 0 } else { rows.start * self.stride + cols.start };
        // SAFETY: the first element of the block is within the elements that were lent.
        let data = unsafe { self.data.add(at) };
        let (rows, cols, stride) = (rows.len(), cols.len(), self.stride);
        MatMut { data, rows, cols, stride, lent: PhantomData }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_where_they_should_be() {
        let mut data: Vec<f32> = (0..24u8).map(f32::from).collect();
        let mut whole = MatMut::new(&mut data, 6);
        let mut block = whole.block(1..3, 2..5);
        assert_eq!((block.rows(), block.cols()), (2, 3));
        assert_eq!(block.row(1), [14., 15., 16.]);
        assert_eq!(block.block(1..2, 1..2).row(0), [15.]);
        assert!(block.contiguous(0..1).is_none());
        assert_eq!(whole.contiguous(1..3).unwrap().len(), 12);
        assert_eq!(whole.block(4..4, 0..6).rows(), 0);
        let read = Mat::new(&data, 6, 6).block(1..3, 2..5);
        assert_eq!(read.row(1), [14., 15., 16.]);
    }

    #[test]
    fn the_last_row_may_end_before_its_stride() {
        for (len, rows) in [(0, 0), (3, 1), (5, 1), (8, 2), (10, 2)] {
            assert_eq!(MatMut::strided(&mut vec![0.0; len], 3, 5).rows(), rows, "{len}");
        }
    }

    #[test]
    #[should_panic(expected = "row < self.rows")]
    fn a_row_too_far_panics() {
        MatMut::new(&mut [0.0; 6], 3).row(2);
    }

    #[test]
    #[should_panic(expected = "cols.end <= self.cols")]
    fn a_column_too_far_panics() {
        MatMut::new(&mut [0.0; 6], 3).block(0..1, 2..4);
    }
}
