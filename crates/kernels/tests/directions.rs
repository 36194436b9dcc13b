//! Which module of the crate may use which: one direction, so that each can be read knowing only
//! those before it.

use std::fs;
use std::path::Path;

/// Each uses only what stands before it.
const ORDER: &[&str] = &[
    "error",
    "matrix",
    "strided",
    "extremes",
    "geometry",
    "part",
    "team",
    "simd",
    "gemm",
    "matmul",
    "cascade",
    "column_sums",
    "elementary",
    "activation",
    "random",
    "optim",
    "elementwise",
    "movement",
    "winograd",
    "filter",
    "conv2d",
    "conv_transpose2d",
    "linear",
    "norm",
    "pool",
    "softmax",
    "reduce",
    "recurrent",
    "native",
    "sample",
    "loss",
    "resize",
    "resize_backward",
    "photo",
    "boxes",
    "roi",
    "region",
];

/// What tests share may use anything, and every test may use it.
const TESTS: &[&str] = &["testing", "gradient_check"];

/// The module and the text of each file below a folder.
fn files(folder: &Path, module: Option<&str>, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let stem = entry.file_stem().unwrap().to_str().unwrap().to_owned();
        let module = module.unwrap_or(&stem);
        if entry.is_dir() {
            files(&entry, Some(module), found);
        } else {
            found.push((module.to_owned(), fs::read_to_string(&entry).unwrap()));
        }
    }
}

/// The modules that code names after `crate::`; what comments link to is no use of it.
fn used(text: &str) -> impl Iterator<Item = &str> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split("crate::").skip(1)).map(|rest| {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        &rest[..end]
    })
}

#[test]
fn modules_use_what_stands_before_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    files(&root, None, &mut all);
    assert!(all.len() > 100, "{} files", all.len());
    let place = |module: &str| ORDER.iter().position(|name| *name == module);
    let mut back = Vec::new();
    for (module, text) in all.iter().filter(|(module, _)| module != "lib") {
        if TESTS.contains(&module.as_str()) {
            continue;
        }
        let own = place(module).unwrap_or_else(|| panic!("{module} has no place"));
        for name in used(text).filter(|name| !TESTS.contains(name) && name != module) {
            let arrow = format!("{module} -> {name}");
            if place(name).is_none_or(|other| other >= own) && !back.contains(&arrow) {
                back.push(arrow);
            }
        }
    }
    assert_eq!(back, Vec::<String>::new());
}
