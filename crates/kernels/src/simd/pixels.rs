//! Sums of weighted pixels: bytes times 22-bit weights, in `i32`, four bytes at a time.

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use core::arch::wasm32::*;

/// 8 bits of a pixel and 2 of headroom for weights that overshoot 1 leave 22 of an `i32` for the
/// fraction.
pub const FRACTION_BITS: u32 = 22;
/// Added before the fraction is cut off, so that it is rounded.
pub const HALF: i32 = 1 << (FRACTION_BITS - 1);
/// A weight is a high part times two to the power of so many bits and a low part: each fits into an
/// `i16`, and products of those are summed in pairs by one instruction.
const LOW_BITS: u32 = 11;

/// Outputs that are mixed at a time.
pub const LANES: usize = 4;
/// Bytes that [`mix_four`] may read from the start of a pixel on, which may be the one behind a row.
pub const SLACK: usize = 8;

/// The weights of two neighbouring pixels.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
pub struct Pair {
    high: [i16; 2],
    low: [i16; 2],
}

impl Pair {
    /// Sets the weight of one of the two; its high part fits into an `i16`.
    pub fn set(&mut self, at: usize, weight: i32) {
        self.high[at] = i16::try_from(weight >> LOW_BITS).expect("a weight of about one at most");
        self.low[at] = (weight & ((1 << LOW_BITS) - 1)) as i16;
    }
}

/// Weighted sums of neighbouring pixels, rounded and cut to bytes: of [`LANES`] outputs, four bytes
/// of each. All wrap alike, so that the bits are those of a sum in `i32`.
///
/// `first` are the pixels of `row` where the outputs begin, `weights` those of the pixels from there
/// on, as many pairs for each output. A pixel is `STRIDE` bytes, 3 or 4, and its first four bytes are summed: of
/// three channels, the fourth sum means nothing.
///
/// # Panics
/// If `row` ends less than [`SLACK`] bytes behind the start of the last pixel.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[inline(always)]
pub fn mix_four<const STRIDE: usize>(
    row: &[u8],
    first: &[usize; LANES],
    weights: &[Pair],
    out: &mut [u8; 4 * LANES],
) {
    let pairs = weights.len() / LANES;
    for (lane, &first) in first.iter().enumerate() {
        let mut sums = [HALF; 4];
        for (k, &Pair { high, low }) in weights[lane * pairs..][..pairs].iter().enumerate() {
            let pixels: &[u8; SLACK] =
                row[(first + 2 * k) * STRIDE..].first_chunk().expect("slack behind the row");
            for at in 0..2 {
                let w = (i32::from(high[at]) << LOW_BITS) + i32::from(low[at]);
                for (sum, &byte) in sums.iter_mut().zip(&pixels[at * STRIDE..]) {
                    *sum = sum.wrapping_add(i32::from(byte) * w);
                }
            }
        }
        out[4 * lane..][..4].copy_from_slice(&sums.map(to_byte));
    }
}

/// The weighted sum of rows, byte by byte, rounded and cut to bytes. `ring` has rows as long as
/// `out`, a multiple of 16; the first of the sum is number `first`, and after the last comes the
/// first of the ring. There are at most as many weights as rows.
///
/// # Panics
/// If `out` is empty, or the ring has no row for the weights.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub fn mix_rows(ring: &[u8], first: usize, weights: &[i32], out: &mut [u8]) {
    let pitch = out.len();
    let rows = ring.len() / pitch;
    for (block, out) in out.chunks_exact_mut(16).enumerate() {
        let mut sums = [HALF; 16];
        for (k, &w) in weights.iter().enumerate() {
            let row = &ring[(first + k) % rows * pitch..];
            for (sum, &byte) in sums.iter_mut().zip(&row[block * 16..][..16]) {
                *sum = sum.wrapping_add(i32::from(byte) * w);
            }
        }
        for (out, sum) in out.iter_mut().zip(sums) {
            *out = to_byte(sum);
        }
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[inline(always)]
fn to_byte(sum: i32) -> u8 {
    (sum >> FRACTION_BITS).clamp(0, 255) as u8
}

/// Weighted sums of neighbouring pixels, rounded and cut to bytes: of [`LANES`] outputs, four bytes
/// of each. All wrap alike, so that the bits are those of a sum in `i32`.
///
/// `first` are the pixels of `row` where the outputs begin, `weights` those of the pixels from there
/// on, as many pairs for each output. A pixel is `STRIDE` bytes, 3 or 4, and its first four bytes are summed: of
/// three channels, the fourth sum means nothing.
///
/// # Panics
/// If `row` ends less than [`SLACK`] bytes behind the start of the last pixel.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[inline(always)]
pub fn mix_four<const STRIDE: usize>(
    row: &[u8],
    first: &[usize; LANES],
    weights: &[Pair],
    out: &mut [u8; 4 * LANES],
) {
    let pairs = weights.len() / LANES;
    let last = first.iter().fold(0, |most, &each| most.max(each)) + 2 * pairs.max(1) - 2;
    assert!(row.len() >= last * STRIDE + SLACK);
    let order = side_by_side::<STRIDE>();
    // One output after the other: the sums of all at once are more than there are registers.
    let sums = core::array::from_fn(|lane| {
        let mut at = first[lane] * STRIDE;
        let [mut high, mut low] = [i32x4_splat(0), i32x4_splat(HALF)];
        for pair in &weights[lane * pairs..][..pairs] {
            let (of_high, of_low) = (&raw const pair.high, &raw const pair.low);
            // SAFETY: eight bytes from the start of the first pixel on lie within `row`, as asserted;
            // the parts of a pair are four bytes each.
            let [pixels, of_high, of_low] = unsafe {
                [
                    v128_load64_zero(row.as_ptr().add(at).cast()),
                    v128_load32_splat(of_high.cast()),
                    v128_load32_splat(of_low.cast()),
                ]
            };
            let pixels = i8x16_swizzle(pixels, order);
            high = i32x4_add(high, i32x4_dot_i16x8(pixels, of_high));
            low = i32x4_add(low, i32x4_dot_i16x8(pixels, of_low));
            at += 2 * STRIDE;
        }
        i32x4_add(i32x4_shl(high, LOW_BITS), low)
    });
    // SAFETY: `out` has 16 bytes; v128 stores need no alignment.
    unsafe { v128_store(out.as_mut_ptr().cast(), to_bytes(sums)) };
}

/// Of two pixels that lie one behind the other, each byte beside that of the second, as `i16`.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[inline(always)]
fn side_by_side<const STRIDE: usize>() -> v128 {
    let s = STRIDE as u8;
    let order = u8x16(0, 128, s, 128, 1, 128, s + 1, 128, 2, 128, s + 2, 128, 3, 128, s + 3, 128);
    // Known to the compiler it becomes a shuffle, for which engines load two tables each time.
    core::hint::black_box(order)
}

/// The weighted sum of rows, byte by byte, rounded and cut to bytes. `ring` has rows as long as
/// `out`, a multiple of 16; the first of the sum is number `first`, and after the last comes the
/// first of the ring. There are at most as many weights as rows.
///
/// # Panics
/// Where the ring has fewer rows, or a part of one.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub fn mix_rows(ring: &[u8], first: usize, weights: &[i32], out: &mut [u8]) {
    let pitch = out.len();
    let rows = ring.len() / pitch;
    assert!(rows * pitch == ring.len() && first < rows && weights.len() <= rows);
    for (block, out) in out.chunks_exact_mut(16).enumerate() {
        let mut sums = [i32x4_splat(HALF); 4];
        let mut at = first * pitch + block * 16;
        for &w in weights {
            // SAFETY: `at` is within a row, as asserted of the first and kept by going on by whole
            // rows, of which there are 16 bytes more; v128 loads need no alignment.
            let bytes = unsafe { v128_load(ring.as_ptr().add(at).cast()) };
            at += pitch;
            at -= if at >= ring.len() { ring.len() } else { 0 };
            let w = i32x4_splat(w);
            let (low, high) = (u16x8_extend_low_u8x16(bytes), u16x8_extend_high_u8x16(bytes));
            let wide = [
                u32x4_extend_low_u16x8(low),
                u32x4_extend_high_u16x8(low),
                u32x4_extend_low_u16x8(high),
                u32x4_extend_high_u16x8(high),
            ];
            for (sum, wide) in sums.iter_mut().zip(wide) {
                *sum = i32x4_add(*sum, i32x4_mul(wide, w));
            }
        }
        // SAFETY: `out` is a chunk of 16 bytes; v128 stores need no alignment.
        unsafe { v128_store(out.as_mut_ptr().cast(), to_bytes(sums)) };
    }
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[inline(always)]
fn to_bytes(sums: [v128; 4]) -> v128 {
    let [a, b, c, d] = sums.map(|sum| i32x4_shr(sum, FRACTION_BITS));
    u8x16_narrow_i16x8(i16x8_narrow_i32x4(a, b), i16x8_narrow_i32x4(c, d))
}
