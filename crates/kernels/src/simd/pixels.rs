//! Sums of weighted pixels: bytes times 22-bit weights, in `i32`, four bytes at a time.

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use core::arch::wasm32::*;

/// 8 bits of a pixel and 2 of headroom for weights that overshoot 1 leave 22 of an `i32` for the
/// fraction.
pub const FRACTION_BITS: u32 = 22;
/// Added before the fraction is cut off, so that it is rounded.
pub const HALF: i32 = 1 << (FRACTION_BITS - 1);

/// Bytes that [`mix_row`] may read behind the last pixel of a row.
pub const SLACK: usize = 4;

/// The weighted sum of `weights.len()` neighbouring pixels, rounded and cut to bytes.
///
/// `pixels` starts at the first of them; each is `STRIDE` bytes, 3 or 4, and its first four bytes
/// are summed: of three channels, the fourth sum means nothing.
///
/// # Panics
/// Where `pixels` ends less than [`SLACK`] bytes behind the start of the last pixel.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[inline(always)]
pub fn mix_row<const STRIDE: usize>(pixels: &[u8], weights: &[i32]) -> [u8; 4] {
    let mut sums = [HALF; 4];
    for (k, &w) in weights.iter().enumerate() {
        let pixel: &[u8; 4] = pixels[k * STRIDE..].first_chunk().expect("slack behind the row");
        for (sum, &byte) in sums.iter_mut().zip(pixel) {
            *sum = sum.wrapping_add(i32::from(byte) * w);
        }
    }
    sums.map(to_byte)
}

/// The weighted sum of `rows`, byte by byte, rounded and cut to bytes; `out` and the rows are of
/// one length, a multiple of 16. There are as many weights as rows.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub fn mix_rows<'a>(rows: impl Iterator<Item = &'a [u8]> + Clone, weights: &[i32], out: &mut [u8]) {
    for (block, out) in out.chunks_exact_mut(16).enumerate() {
        let mut sums = [HALF; 16];
        for (row, &w) in rows.clone().zip(weights) {
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

/// The weighted sum of `weights.len()` neighbouring pixels, rounded and cut to bytes.
///
/// `pixels` starts at the first of them; each is `STRIDE` bytes, 3 or 4, and its first four bytes
/// are summed: of three channels, the fourth sum means nothing.
///
/// # Panics
/// Where `pixels` ends less than [`SLACK`] bytes behind the start of the last pixel.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[inline(always)]
pub fn mix_row<const STRIDE: usize>(pixels: &[u8], weights: &[i32]) -> [u8; 4] {
    assert!(weights.is_empty() || pixels.len() >= (weights.len() - 1) * STRIDE + SLACK);
    let mut sums = i32x4_splat(HALF);
    for (k, w) in weights.iter().enumerate() {
        // SAFETY: four bytes from the start of pixel k lie within `pixels`, as asserted; the
        // reference to the weight is valid.
        let (pixel, w) = unsafe {
            let pixel = v128_load32_zero(pixels.as_ptr().add(k * STRIDE).cast());
            (pixel, v128_load32_splat(core::ptr::from_ref(w).cast()))
        };
        let wide = u32x4_extend_low_u16x8(u16x8_extend_low_u8x16(pixel));
        sums = i32x4_add(sums, i32x4_mul(wide, w));
    }
    let bytes = to_bytes([sums; 4]);
    (i32x4_extract_lane::<0>(bytes) as u32).to_le_bytes()
}

/// The weighted sum of `rows`, byte by byte, rounded and cut to bytes; `out` and the rows are of
/// one length, a multiple of 16. There are as many weights as rows.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub fn mix_rows<'a>(rows: impl Iterator<Item = &'a [u8]> + Clone, weights: &[i32], out: &mut [u8]) {
    for (block, out) in out.chunks_exact_mut(16).enumerate() {
        let mut sums = [i32x4_splat(HALF); 4];
        for (row, &w) in rows.clone().zip(weights) {
            let bytes: &[u8; 16] = row[block * 16..].first_chunk().expect("rows of one length");
            // SAFETY: the array has 16 bytes; v128 loads need no alignment.
            let bytes = unsafe { v128_load(bytes.as_ptr().cast()) };
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
