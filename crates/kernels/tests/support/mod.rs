//! Formula tensors: numbers that are a function of a name and an index, as in
//! `tests/golden/formula.ts`.

/// FNV-1a of the name, a hash of that and the index, in [-1, 1), times `scale` plus `offset`.
pub fn formula(name: &str, len: usize, offset: f64, scale: f64) -> Vec<f32> {
    let hash = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    let seed = name.bytes().fold(0x811C_9DC5, hash);
    let value = |i: u32| {
        let mut x = seed.wrapping_add(i.wrapping_mul(0x9E37_79B9));
        x = (x ^ (x >> 16)).wrapping_mul(0x7FEB_352D);
        x = (x ^ (x >> 15)).wrapping_mul(0x846C_A68B);
        x ^= x >> 16;
        (scale * (f64::from(x) / 2_147_483_648.0 - 1.0) + offset) as f32
    };
    (0..len as u32).map(value).collect()
}
