//! `xtask INPUT.wasm OUT_DIR`: what `wasm-bindgen --target web` writes, byte for byte.

use anyhow::{Context, Result};
use std::env;

fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let input = arguments.next().context("expected INPUT.wasm OUT_DIR")?;
    let out_dir = arguments.next().context("expected OUT_DIR after the input")?;
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    bindgen.input_path(input).out_name("receptive").typescript(true);
    // A default URL in the glue makes bundlers look for a file of that name; ours is given at run time.
    bindgen.omit_default_module_path(true);
    bindgen.web(true)?;
    bindgen.generate(out_dir)
}
