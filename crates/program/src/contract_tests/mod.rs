//! What TypeScript encodes is what is decoded here.

mod from_json;
mod json;

use crate::contract::{CODES, VERSION};
use crate::reader::Reader;
use serde_json::Value;

fn words(case: &Value) -> Vec<u32> {
    json::list(&case["words"], |word| u32::try_from(json::size(word)).unwrap())
}

/// `tests/contract/cases.json`, which a test in TypeScript keeps fresh.
#[test]
fn the_shared_cases() {
    let cases: Value =
        serde_json::from_str(include_str!("../../../../tests/contract/cases.json")).unwrap();
    assert_eq!(json::size(&cases["version"]), VERSION as usize, "the cases are stale");
    let mut seen = Vec::new();
    for case in cases["steps"].as_array().unwrap() {
        let (code, words) = (json::size(&case["code"]) as u32, words(case));
        let mut reader = Reader::new(&words);
        from_json::expect_step(code, &mut reader, &case["fields"]);
        reader.end().unwrap();
        seen.push(code);
    }
    assert!(CODES.iter().all(|code| seen.iter().filter(|seen| *seen == code).count() > 3));
    for case in cases["records"].as_array().unwrap() {
        let words = words(case);
        let mut reader = Reader::new(&words);
        from_json::expect_record(case["name"].as_str().unwrap(), &mut reader, &case["fields"]);
        reader.end().unwrap();
    }
}
