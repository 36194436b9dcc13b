//! Max pooling that keeps where each maximum was found, as its backward needs it.
//!
//! Of equal elements the first in scan order is the maximum, and a NaN is larger than any number
//! (of several, the last one counts, as in PyTorch).

use crate::geometry::Window;
use crate::team::{PASS, Rows, Team};
use core::ops::Range;

/// The place of a maximum in its window, `ky * KW + kx`.
pub trait Offset: Copy + Send + Sync {
    /// Most taps of a window.
    const TAPS: usize;
    /// The offset of a tap below [`Offset::TAPS`].
    fn of(tap: u32) -> Self;
    /// The tap.
    fn tap(self) -> usize;
}

impl Offset for u8 {
    const TAPS: usize = 1 << 8;

    #[inline(always)]
    fn of(tap: u32) -> Self {
        tap as u8
    }

    #[inline(always)]
    fn tap(self) -> usize {
        self.into()
    }
}

impl Offset for u16 {
    const TAPS: usize = 1 << 16;

    #[inline(always)]
    fn of(tap: u32) -> Self {
        tap as u16
    }

    #[inline(always)]
    fn tap(self) -> usize {
        self.into()
    }
}

/// As [`super::max::max_pool2d`], and the place of each maximum.
///
/// `x` is `[N, H, W, C]`; `y` and `offsets` are `[N, OH, OW, C]` and may hold anything before. A
/// window that sees only padding gives minus infinity, and an offset that means nothing.
///
/// # Panics
/// If the window has more taps than [`Offset::TAPS`].
pub fn max_pool2d<I: Offset>(
    window: &Window,
    x: &[f32],
    y: &mut [f32],
    offsets: &mut [I],
    team: &Team,
) {
    let &Window { c, y: rows, x: cols, oh, ow } = window;
    assert!(rows.kernel * cols.kernel <= I::TAPS, "more taps than an offset can tell apart");
    let image_len = rows.size * cols.size * c;
    let (lines, cost) = (y.len() / (ow * c), PASS * y.len() * rows.kernel * cols.kernel);
    let outputs = (Rows::new(y, ow * c), Rows::new(offsets, ow * c));
    team.share(lines, cost, outputs, |lines, (y, offsets)| {
        let outputs =
            y.values.chunks_exact_mut(ow * c).zip(offsets.values.chunks_exact_mut(ow * c));
        for (line, (y, offsets)) in lines.zip(outputs) {
            let (oy, image) = (line % oh, &x[line / oh * image_len..][..image_len]);
            let row_taps = rows.taps(oy);
            let pixels = y.chunks_exact_mut(c).zip(offsets.chunks_exact_mut(c));
            for (ox, (y, offsets)) in pixels.enumerate() {
                let taps = [row_taps.clone(), cols.taps(ox)];
                pixel(&Seen { window, image, at: [oy, ox], taps }, y, offsets);
            }
        }
    });
}

/// What an output pixel sees.
struct Seen<'a> {
    window: &'a Window,
    image: &'a [f32],
    at: [usize; 2],
    /// Rows and columns of the window that are in the image.
    taps: [Range<usize>; 2],
}

/// All channels of one output pixel, as many at a time as the registers hold.
#[inline]
fn pixel<I: Offset>(seen: &Seen<'_>, y: &mut [f32], offsets: &mut [I]) {
    let mut first = 0;
    while first < y.len() {
        let (y, offsets) = (&mut y[first..], &mut offsets[first..]);
        first += match y.len() {
            8.. => lanes::<I, 8>(seen, first, y, offsets),
            4.. => lanes::<I, 4>(seen, first, y, offsets),
            2.. => lanes::<I, 2>(seen, first, y, offsets),
            _ => lanes::<I, 1>(seen, first, y, offsets),
        };
    }
}

#[inline(always)]
fn lanes<I: Offset, const L: usize>(
    seen: &Seen<'_>,
    first: usize,
    y: &mut [f32],
    offsets: &mut [I],
) -> usize {
    let &Seen { window: &Window { c, y: rows, x: cols, .. }, image, at: [oy, ox], .. } = seen;
    let [row_taps, col_taps] = seen.taps.clone();
    // Where all elements are minus infinity, the first one is the maximum.
    let start = (row_taps.start * cols.kernel + col_taps.start) as u32;
    let (mut most, mut found) = ([f32::NEG_INFINITY; L], [start; L]);
    for ky in row_taps {
        let row = rows.input(oy, ky) * cols.size;
        for kx in col_taps.clone() {
            let tap = (ky * cols.kernel + kx) as u32;
            let from = (row + cols.input(ox, kx)) * c + first;
            let x: [f32; L] = *image[from..].first_chunk().expect("channels of a pixel");
            for lane in 0..L {
                let larger = (x[lane] > most[lane]) | x[lane].is_nan();
                most[lane] = if larger { x[lane] } else { most[lane] };
                found[lane] = if larger { tap } else { found[lane] };
            }
        }
    }
    y[..L].copy_from_slice(&most);
    offsets[..L].iter_mut().zip(found).for_each(|(offset, tap)| *offset = I::of(tap));
    L
}

/// As [`super::global::global_max`], and the pixel of each maximum.
///
/// `x` is `[N, HW, C]`, `y` and `pixels` are `[N, C]`, dirty.
pub fn global_max(hw: usize, c: usize, x: &[f32], y: &mut [f32], pixels: &mut [u32], team: &Team) {
    let (images, cost) = (y.len() / c, PASS * x.len());
    let outputs = (Rows::new(y, c), Rows::new(pixels, c));
    team.share(images, cost, outputs, |images, (y, pixels)| {
        let outputs = y.values.chunks_exact_mut(c).zip(pixels.values.chunks_exact_mut(c));
        for (n, (y, pixels)) in images.zip(outputs) {
            y.fill(f32::NEG_INFINITY);
            pixels.fill(0);
            for (pixel, x) in (0..).zip(x[n * hw * c..][..hw * c].chunks_exact(c)) {
                for ((y, found), &x) in y.iter_mut().zip(&mut *pixels).zip(x) {
                    let larger = (x > *y) | x.is_nan();
                    *y = if larger { x } else { *y };
                    *found = if larger { pixel } else { *found };
                }
            }
        }
    });
}
