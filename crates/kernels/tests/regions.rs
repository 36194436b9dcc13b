//! Matched and encoded boxes against torchvision's: `tests/ops/roi.py` wrote them.

use receptive_kernels::region::Edges;
use receptive_kernels::region::coder::{decode, encode};
use receptive_kernels::region::matcher::{Match, Thresholds, matches};
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    boxes: Vec<Edges>,
    truths: Vec<Edges>,
    matchers: Vec<Matcher>,
    coder: Vec<Coder>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Matcher {
    high: f32,
    low: f32,
    low_quality: bool,
    /// -1 for background, -2 for ignored.
    matches: Vec<i64>,
}

#[derive(Deserialize)]
struct Coder {
    weights: [f32; 4],
    /// The first twenty boxes, from the next twenty.
    offsets: Vec<[f64; 4]>,
}

fn fixture() -> Fixture {
    serde_json::from_str(include_str!("fixtures/regions.json")).unwrap()
}

#[test]
fn matches_are_those_of_torchvision() {
    let Fixture { boxes, truths, matchers, .. } = fixture();
    for Matcher { high, low, low_quality, matches: expected } in matchers {
        let thresholds = Thresholds { match_from: high, background_below: low, low_quality };
        let got: Vec<i64> = matches(boxes.iter().copied(), &truths, &thresholds)
            .into_iter()
            .map(|found| match found {
                Match::Truth(truth) => truth as i64,
                Match::Background => -1,
                Match::Ignored => -2,
            })
            .collect();
        assert!(expected.iter().any(|&one| one >= 0) && expected.contains(&-1));
        assert_eq!(got, expected, "from {high}, below {low}, low quality {low_quality}");
    }
}

#[test]
fn offsets_are_those_of_torchvision() {
    let Fixture { boxes, coder, .. } = fixture();
    for Coder { weights, offsets } in coder {
        for (at, expected) in offsets.iter().enumerate() {
            let (to, from) = (boxes[at], boxes[20 + at]);
            let got = encode(from, to, weights);
            for (got, expected) in got.iter().zip(expected) {
                let difference = (f64::from(*got) - expected).abs();
                assert!(difference <= 2e-5, "{at}: {got}, expected {expected}");
            }
            for (got, to) in decode(from, got, weights).iter().zip(to) {
                assert!((got - to).abs() <= 2e-5, "{at}: {got}, expected {to}");
            }
        }
    }
}
