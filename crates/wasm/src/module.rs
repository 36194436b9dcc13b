//! What a module of inference and one of training have alike: version, variant and the threads of its
//! pool. Both crates compile this file: what wasm-bindgen exports belongs to one module.

use receptive_kernels::error::Error;
use receptive_kernels::simd::{Isa, Native};
#[cfg(target_feature = "atomics")]
use receptive_kernels::team::pool::HELPERS;
use wasm_bindgen::prelude::*;

#[cfg(target_arch = "wasm32")]
const PACKAGE: &str = env!("CARGO_PKG_VERSION");

/// The version, in a section of its own: scripts read it before they start the module, since one
/// of another version may not start at all.
#[cfg(target_arch = "wasm32")]
// SAFETY: the section is one of the module's own, which nothing of it reads.
#[used]
#[unsafe(link_section = "receptive-version")]
static VERSION: [u8; PACKAGE.len()] = *PACKAGE.as_bytes().first_chunk().unwrap();

/// The variant this module was compiled as: `scalar`, `simd` or `relaxed`.
#[wasm_bindgen]
pub fn variant() -> String {
    Native::NAME.to_owned()
}

/// Serves as a thread of the pool: blocks until `poolEnd`. One call in each worker of the pool,
/// whose instance shares the memory of the others. Traps where its part of a step does.
#[cfg(target_feature = "atomics")]
#[wasm_bindgen(js_name = poolWorker)]
pub fn pool_worker() {
    HELPERS.serve();
}

/// To be called after `poolWorker` has trapped, or where the loss of a worker was noticed: runs
/// that need the pool then trap too, rather than wait for ever.
#[cfg(target_feature = "atomics")]
#[wasm_bindgen(js_name = poolAbort)]
pub fn pool_abort() {
    HELPERS.abort();
}

/// Workers that serve; 0 once one of them has died.
#[cfg(target_feature = "atomics")]
#[wasm_bindgen(js_name = poolLive)]
pub fn pool_live() -> usize {
    HELPERS.live()
}

/// Lets `poolWorker` return in all workers, those that begin to serve later too.
#[cfg(target_feature = "atomics")]
#[wasm_bindgen(js_name = poolEnd)]
pub fn pool_end() {
    HELPERS.end();
}

#[wasm_bindgen]
extern "C" {
    /// JavaScript's `Error`, declared here: the crate that declares all of JavaScript takes longer to compile than the engine.
    #[wasm_bindgen(js_name = Error)]
    type Thrown;
    #[wasm_bindgen(constructor, js_class = "Error")]
    fn new(message: &str) -> Thrown;
    #[wasm_bindgen(method, setter)]
    fn set_code(this: &Thrown, code: &str);
    #[wasm_bindgen(method, setter)]
    fn set_step(this: &Thrown, step: usize);
}

/// The error as a JavaScript `Error` with `code` and, where known, `step`.
pub fn thrown(error: Error) -> JsValue {
    let thrown = Thrown::new(&error.message);
    thrown.set_code(error.code.as_str());
    if let Some(step) = error.step {
        thrown.set_step(step);
    }
    thrown.into()
}
