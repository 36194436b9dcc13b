//! Which of many boxes count, so that the few with an object are not drowned.

use super::matcher::Match;
use crate::boxes::order;
use crate::random::stream::Stream;

/// How many boxes of an image are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// In all.
    pub all: usize,
    /// The part of them that is matched, at most; background fills the rest.
    pub positive: f32,
}

/// Boxes drawn of those that are matched and of the background, each in rising order. Of either all
/// where there are no more than wanted.
///
/// Every box has a random word of its own, the one of its index from `first` on, and those of the
/// lowest words are drawn: all sets are equally likely, and nothing depends on the order of work.
pub fn sample(matches: &[Match], share: Share, stream: &Stream, first: u64) -> [Vec<usize>; 2] {
    let (mut positive, mut negative) = (Vec::new(), Vec::new());
    for (at, found) in matches.iter().enumerate() {
        match found {
            Match::Truth(_) => positive.push(at),
            Match::Background => negative.push(at),
            Match::Ignored => {}
        }
    }
    let wanted = (share.all as f32 * share.positive) as usize;
    let draw = |of: Vec<usize>, most: usize| {
        if most >= of.len() {
            return of;
        }
        let pairs = of.iter().map(|&at| order::pair(stream.word(first + at as u64), at as u32));
        let mut pairs: Vec<u64> = pairs.collect();
        order::sort(&mut pairs);
        pairs.truncate(most);
        for pair in &mut pairs {
            *pair = order::pair(order::parts(*pair).1, 0);
        }
        order::sort(&mut pairs);
        pairs.into_iter().map(|pair| order::parts(pair).0 as usize).collect()
    };
    let positive = draw(positive, wanted);
    let negative = draw(negative, share.all - positive.len().min(share.all));
    [positive, negative]
}
