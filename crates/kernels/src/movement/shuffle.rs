//! Channels of a pixel become a block of pixels (sub-pixel convolution, Shi et al. 2016, arXiv
//! 1609.05158), and the other way round.

/// A coarse map `[N, H, W, B * B * C]` and the fine one `[N, H * B, W * B, C]` with its elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shuffle {
    /// Pixels in a row of the coarse map, W.
    pub w: usize,
    /// Channels of the fine map, C.
    pub c: usize,
    /// Side of a block, B.
    pub block: usize,
    /// Whether channels of the coarse map count `[B, B, C]`, as ONNX's DCR, or `[C, B, B]`, as
    /// PyTorch and ONNX's CRD.
    pub block_first: bool,
}

impl Shuffle {
    /// Version 0: where in the coarse map an element of the fine one is.
    fn coarse_of(&self, fine: usize) -> usize {
        let Shuffle { w, c, block, block_first } = *self;
        let (pixel, channel) = (fine / c, fine % c);
        let (line, column) = (pixel / (w * block), pixel % (w * block));
        let in_block = line % block * block + column % block;
        let channel =
            if block_first { in_block * c + channel } else { channel * block * block + in_block };
        (line / block * w + column / block) * block * block * c + channel
    }

    /// Version 0 of [`Shuffle::finer`], one element at a time.
    pub fn finer_reference(&self, coarse: &[f32], fine: &mut [f32]) {
        fine.iter_mut().enumerate().for_each(|(at, to)| *to = coarse[self.coarse_of(at)]);
    }

    /// Version 0 of [`Shuffle::coarser`], one element at a time.
    pub fn coarser_reference(&self, fine: &[f32], coarse: &mut [f32]) {
        fine.iter().enumerate().for_each(|(at, &from)| coarse[self.coarse_of(at)] = from);
    }

    /// Version 1: a line of a block is a run of `B * C` elements of the fine map, which come from
    /// one run of a coarse pixel, or from every `B * B`-th of its channels.
    ///
    /// `coarse`: `[N, H, W, B * B * C]`, `fine`: `[N, H * B, W * B, C]`, dirty.
    #[inline(never)]
    pub fn finer(&self, coarse: &[f32], fine: &mut [f32]) {
        debug_assert_eq!(coarse.len(), fine.len());
        let Shuffle { w, c, block, block_first } = *self;
        for (run, to) in fine.chunks_exact_mut(block * c).enumerate() {
            let (pixel, line) = self.pixel_and_line(run, w);
            if block_first {
                to.copy_from_slice(&pixel.of(coarse)[line * block * c..][..block * c]);
                continue;
            }
            for (column, to) in to.chunks_exact_mut(c).enumerate() {
                let from = pixel.of(coarse)[line * block + column..].iter().step_by(block * block);
                to.iter_mut().zip(from).for_each(|(to, &from)| *to = from);
            }
        }
    }

    /// Version 1 of the way back.
    ///
    /// `fine`: `[N, H * B, W * B, C]`, `coarse`: `[N, H, W, B * B * C]`, dirty.
    #[inline(never)]
    pub fn coarser(&self, fine: &[f32], coarse: &mut [f32]) {
        debug_assert_eq!(coarse.len(), fine.len());
        let Shuffle { w, c, block, block_first } = *self;
        for (run, from) in fine.chunks_exact(block * c).enumerate() {
            let (pixel, line) = self.pixel_and_line(run, w);
            let pixel = &mut coarse[pixel.first..][..pixel.len];
            if block_first {
                pixel[line * block * c..][..block * c].copy_from_slice(from);
                continue;
            }
            for (column, from) in from.chunks_exact(c).enumerate() {
                let to = pixel[line * block + column..].iter_mut().step_by(block * block);
                to.zip(from).for_each(|(to, &from)| *to = from);
            }
        }
    }

    /// The coarse pixel of a run of the fine map, and the run's line in the block.
    fn pixel_and_line(&self, run: usize, w: usize) -> (Pixel, usize) {
        let len = self.block * self.block * self.c;
        let (fine_line, column) = (run / w, run % w);
        let first = (fine_line / self.block * w + column) * len;
        (Pixel { first, len }, fine_line % self.block)
    }
}

/// A pixel of the coarse map.
struct Pixel {
    first: usize,
    len: usize,
}

impl Pixel {
    fn of<'a>(&self, coarse: &'a [f32]) -> &'a [f32] {
        &coarse[self.first..][..self.len]
    }
}

#[cfg(test)]
mod tests {
    use super::Shuffle;
    use crate::testing::Random;

    #[test]
    fn both_ways_match_the_reference_and_undo_each_other() {
        let mut cases = 0;
        for [n, h, w] in [[0, 1, 1], [1, 1, 1], [1, 3, 5], [2, 4, 3]] {
            for [c, block] in [[1, 1], [1, 2], [3, 2], [4, 3], [5, 1], [17, 2]] {
                for block_first in [false, true] {
                    let shuffle = Shuffle { w, c, block, block_first };
                    let x = Random::new(7).vector(n * h * w * c * block * block);
                    let [mut expected, mut got, mut back] = [0; 3].map(|_| vec![f32::NAN; x.len()]);
                    shuffle.finer_reference(&x, &mut expected);
                    shuffle.finer(&x, &mut got);
                    assert_eq!(got, expected, "{shuffle:?}");
                    shuffle.coarser(&got, &mut back);
                    assert_eq!(back, x, "{shuffle:?}");
                    back.fill(f32::NAN);
                    shuffle.coarser_reference(&got, &mut back);
                    assert_eq!(back, x, "{shuffle:?}");
                    cases += 1;
                }
            }
        }
        assert_eq!(cases, 48);
    }

    /// One pixel of eight channels, as PyTorch's `pixel_shuffle` and ONNX's DCR lay it out.
    #[test]
    fn orders_of_channels() {
        let pixel = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];
        let mut fine = [f32::NAN; 8];
        Shuffle { w: 1, c: 2, block: 2, block_first: false }.finer(&pixel, &mut fine);
        assert_eq!(fine, [0.0, 4.0, 1.0, 5.0, 2.0, 6.0, 3.0, 7.0]);
        Shuffle { w: 1, c: 2, block: 2, block_first: true }.finer(&pixel, &mut fine);
        assert_eq!(fine, pixel);
    }
}
