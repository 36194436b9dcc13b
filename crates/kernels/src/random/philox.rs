//! Philox 4x32-10 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2,
//! 3"): ten rounds of multiplication, exchange and addition make four random words of a counter.

const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
const KEY_STEPS: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const ROUNDS: usize = 10;

/// Counters whose words [`lanes`] computes together.
pub const LANES: usize = 8;

/// Version 0: the words of one counter.
pub fn philox4x32(key: [u32; 2], counter: [u32; 4]) -> [u32; 4] {
    let ([mut k0, mut k1], [mut c0, mut c1, mut c2, mut c3]) = (key, counter);
    for _ in 0..ROUNDS {
        let first = u64::from(MULTIPLIERS[0]) * u64::from(c0);
        let second = u64::from(MULTIPLIERS[1]) * u64::from(c2);
        (c0, c1, c2, c3) = (
            (second >> 32) as u32 ^ c1 ^ k0,
            second as u32,
            (first >> 32) as u32 ^ c3 ^ k1,
            first as u32,
        );
        k0 = k0.wrapping_add(KEY_STEPS[0]);
        k1 = k1.wrapping_add(KEY_STEPS[1]);
    }
    [c0, c1, c2, c3]
}

/// Version 1: the words of [`LANES`] counters that differ in their first word, `first` and those
/// after it, in the order in which single calls would give them. Lanes are vector code.
#[inline]
pub fn lanes(key: [u32; 2], first: u32, others: [u32; 3], words: &mut [u32; 4 * LANES]) {
    let mut c0: [u32; LANES] = core::array::from_fn(|lane| first.wrapping_add(lane as u32));
    let [mut c1, mut c2, mut c3] = others.map(|word| [word; LANES]);
    let mut key = key;
    for _ in 0..ROUNDS {
        for lane in 0..LANES {
            let first = u64::from(MULTIPLIERS[0]) * u64::from(c0[lane]);
            let second = u64::from(MULTIPLIERS[1]) * u64::from(c2[lane]);
            c0[lane] = (second >> 32) as u32 ^ c1[lane] ^ key[0];
            c2[lane] = (first >> 32) as u32 ^ c3[lane] ^ key[1];
            c1[lane] = second as u32;
            c3[lane] = first as u32;
        }
        key[0] = key[0].wrapping_add(KEY_STEPS[0]);
        key[1] = key[1].wrapping_add(KEY_STEPS[1]);
    }
    for (lane, words) in words.chunks_exact_mut(4).enumerate() {
        words.copy_from_slice(&[c0[lane], c1[lane], c2[lane], c3[lane]]);
    }
}
