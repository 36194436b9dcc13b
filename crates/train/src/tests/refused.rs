//! What is no program of training is refused with an error, never with a panic.

use super::case::{Case, Role};
use super::cases;
use super::draft::{Draft, compile, float};
use crate::contract::{CODES, HYPER_RATES, decode};
use proptest::prelude::*;
use receptive_kernels::error::Code;
use receptive_kernels::team::Team;
use receptive_program::reader::Reader;
use receptive_program::step::Context;
use receptive_program::weights::Weights;
use std::sync::LazyLock;

static CASES: LazyLock<Vec<Case>> = LazyLock::new(cases::all);

/// The error of a program that must not compile.
fn refused(what: &str, draft: &Draft) -> Code {
    match draft.compile(Team::SOLO) {
        Ok(_) => panic!("{what} was accepted"),
        Err(error) => {
            assert!(!error.message.is_empty(), "{what}");
            error.code
        }
    }
}

#[test]
fn wrong_lengths() {
    for case in &*CASES {
        for (id, value) in case.values.iter().enumerate() {
            let mut draft = case.draft();
            draft.lens[id] -= 1;
            let least = value.role == Role::ReadLeast;
            let code = if least { Code::Argument } else { Code::Shape };
            assert_eq!(refused(&format!("{case}, value {id} short"), &draft), code);
            draft.lens[id] += 2;
            if least {
                assert!(draft.compile(Team::SOLO).is_ok(), "{case}, value {id}");
            } else {
                assert_eq!(refused(&format!("{case}, value {id} long"), &draft), Code::Shape);
            }
        }
    }
}

#[test]
fn a_value_that_stands_twice_or_is_none() {
    let mut twice = 0;
    for case in &*CASES {
        for (at, &place) in case.ids.iter().enumerate() {
            for other in (0..case.ids.len()).filter(|&other| other != at) {
                let mut draft = case.draft();
                draft.steps[0].1[place] = other as u32;
                let code = refused(&format!("{case}, values {at} and {other}"), &draft);
                if draft.lens[at] == draft.lens[other] {
                    assert_eq!(code, Code::Descriptor, "{case}, values {at} and {other}");
                    twice += 1;
                }
            }
            let mut draft = case.draft();
            draft.steps[0].1[place] = case.ids.len() as u32;
            assert_eq!(refused(&format!("{case}, value {at} missing"), &draft), Code::Argument);
        }
    }
    assert!(twice > 100);
}

#[test]
fn what_is_changed_but_not_kept_and_what_is_written_but_given() {
    for case in &*CASES {
        for (id, value) in case.values.iter().enumerate() {
            let mut draft = case.draft();
            match value.role {
                Role::Read | Role::ReadLeast => continue,
                Role::Write => draft.inputs.push(id),
                Role::Change => draft.outputs.retain(|&output| output != id),
            }
            assert_eq!(refused(&format!("{case}, value {id}"), &draft), Code::Descriptor);
            if value.role == Role::Change {
                let mut draft = case.draft();
                draft.inputs.retain(|&input| input != id);
                assert_eq!(refused(&format!("{case}, value {id}"), &draft), Code::Descriptor);
            }
        }
    }
}

#[test]
fn words_too_few_or_too_many() {
    for case in &*CASES {
        let draft = case.draft();
        for len in 0..draft.steps[0].1.len() {
            let mut short = draft.clone();
            short.steps[0].1.truncate(len);
            refused(&format!("{case}, {len} words"), &short);
        }
        let mut long = draft;
        long.steps[0].1.push(0);
        assert_eq!(refused(&format!("{case}, a word more"), &long), Code::Descriptor);
    }
}

/// The words of a loss that ignores `index`.
fn ignoring(index: f32) -> Draft {
    let mut draft = Draft::default();
    let (x, target) = (draft.input(6), draft.input(2));
    let (dx, loss) = (draft.output(6), draft.output(1));
    let none = u32::MAX as usize;
    let end = [2, 3, none, float(0.0), 1, float(index), none, float(0.0)];
    draft.step(96, &[&[x, target, dx, loss, float(1.0)], &end]);
    draft
}

#[test]
fn an_ignored_index_is_an_index() {
    for index in [-100.0, 0.0, 255.0, 16_777_216.0] {
        assert!(ignoring(index).compile(Team::SOLO).is_ok(), "{index}");
    }
    for index in [0.5, f32::NAN, f32::INFINITY, i32::MAX as f32] {
        assert_eq!(refused(&format!("{index}"), &ignoring(index)), Code::Argument);
    }
}

#[test]
fn a_divisor_is_a_positive_number() {
    let divided = |divisor: f32| {
        let mut draft = ignoring(0.0);
        *draft.steps[0].1.last_mut().unwrap() = divisor.to_bits();
        draft
    };
    assert!(divided(0.5).compile(Team::SOLO).is_ok());
    for divisor in [-1.0, f32::NAN, f32::INFINITY] {
        assert_eq!(refused(&format!("{divisor}"), &divided(divisor)), Code::Argument);
    }
}

/// An update of SGD.
fn clipped(norms: bool, clip: f32) -> Draft {
    let mut draft = Draft::default();
    let (param, grad) = (draft.kept(4), draft.input(4));
    let (hyper, norm) = (draft.input(HYPER_RATES + 1), draft.input(3));
    let (none, zero) = (u32::MAX as usize, float(0.0));
    let norms = if norms { norm } else { none };
    draft.step(104, &[&[param, grad, none, hyper, HYPER_RATES, norms, float(clip), 4]]);
    draft.steps[0].1.extend([zero, zero, zero, 0].map(|word| word as u32));
    draft
}

#[test]
fn clipping_needs_norms_and_a_limit() {
    for (norms, clip) in [(true, 0.0), (true, 1.0), (true, f32::INFINITY), (false, 0.0)] {
        assert!(clipped(norms, clip).compile(Team::SOLO).is_ok(), "{norms}, {clip}");
    }
    for (norms, clip) in [(false, 1.0), (true, -1.0), (true, f32::NAN)] {
        assert_eq!(refused(&format!("{norms}, {clip}"), &clipped(norms, clip)), Code::Argument);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]
    /// Hostile words are refused or run; they never panic.
    #[test]
    fn mutated_steps_never_panic(
        pick in any::<prop::sample::Index>(),
        changes in prop::collection::vec(
            (any::<prop::sample::Index>(), prop_oneof![0u32..12, any::<u32>()]),
            1..4,
        ),
        threads in 1usize..4,
    ) {
        let mut draft = CASES[pick.index(CASES.len())].draft();
        let step = &mut draft.steps[0].1;
        for (at, word) in changes {
            let at = at.index(step.len());
            step[at] = word;
        }
        if let Ok(mut program) = compile(&draft.words(), Team::eager(threads)) {
            program.run(&Weights::default());
        }
    }

    /// Whatever the words are, a decoder answers; it never panics.
    #[test]
    fn decoders_survive_anything(
        words in prop::collection::vec(prop_oneof![0u32..9, any::<u32>()], 0..48),
    ) {
        let (weights, lens) = (Weights::default(), [4usize, 16, 64, 4, 1, 9, 8, 2, 12]);
        for code in CODES {
            let context = Context { lens: &lens, weights: &weights, team: Team::of(3) };
            let _ = decode(code, &mut Reader::new(&words), context);
        }
    }
}

#[test]
fn more_memory_than_there_is() {
    assert_eq!(crate::prepared::own::<u32>(usize::MAX).unwrap_err().code, Code::Memory);
}
