//! Every step of training, against the loops of the kernels or the formula in f64.

mod layers;
mod losses;
mod movement;
mod norms;
mod pools;
mod targets;
mod units;
mod updates;

use super::case::Case;
use crate::contract::CODES;

/// At least one case for each step that is not inference's.
pub fn all() -> Vec<Case> {
    let families = [
        layers::all,
        units::all,
        pools::all,
        norms::all,
        movement::all,
        losses::all,
        targets::all,
        updates::all,
    ];
    families.iter().flat_map(|family| family()).collect()
}

#[test]
fn every_step_agrees_with_its_formula() {
    let cases = all();
    cases.iter().for_each(Case::check);
    for code in CODES.into_iter().filter(|&code| code >= 64) {
        assert!(cases.iter().any(|case| case.code == code), "no case for step {code}");
    }
}
