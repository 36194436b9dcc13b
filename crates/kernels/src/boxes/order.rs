//! A stable sort of keys of 32 bits, which carry 32 bits each: by a byte at a time from the lowest
//! (Knuth, volume 3, 5.2.5). It takes four passes whatever the numbers are, and little code.

/// A number whose order is that of scores falling. Zeros of either sign are equal; NaN is anywhere.
pub fn falling(score: f32) -> u32 {
    let bits = (score + 0.0).to_bits();
    // Of negative numbers the greater magnitude is the lesser.
    if bits >> 31 == 0 { !bits ^ (1 << 31) } else { bits }
}

/// The score that [`falling`] made a key of.
pub fn score(key: u32) -> f32 {
    f32::from_bits(if key >> 31 == 0 { !key ^ (1 << 31) } else { key })
}

/// A key above what it carries.
pub fn pair(key: u32, carried: u32) -> u64 {
    u64::from(key) << 32 | u64::from(carried)
}

/// The halves of a [`pair`].
pub fn parts(pair: u64) -> (u32, u32) {
    ((pair >> 32) as u32, pair as u32)
}

/// Sorts pairs by their keys; those of equal keys keep their order.
pub fn sort(pairs: &mut Vec<u64>) {
    let mut sorted = vec![0; pairs.len()];
    for shift in [32, 40, 48, 56] {
        let digit = |pair: u64| (pair >> shift) as usize & 255;
        let mut starts = [0; 256];
        for &pair in pairs.iter() {
            starts[digit(pair)] += 1;
        }
        if starts.contains(&pairs.len()) {
            continue;
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += core::mem::replace(start, sum);
        }
        for &pair in pairs.iter() {
            let at = &mut starts[digit(pair)];
            sorted[*at] = pair;
            *at += 1;
        }
        core::mem::swap(pairs, &mut sorted);
    }
}

/// The scores that count as sorted pairs of key and index: falling, among equals by index.
pub fn sorted(scores: &[f32], counts: impl Fn(f32) -> bool) -> Vec<u64> {
    let counted = scores.iter().zip(0..).filter(|&(&score, _)| counts(score));
    let mut pairs: Vec<u64> = counted.map(|(&score, at)| pair(falling(score), at)).collect();
    sort(&mut pairs);
    pairs
}
