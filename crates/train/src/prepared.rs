//! A step as what it touches and a closure: most steps of training are one call of a kernel.

use core::cell::RefCell;
use receptive_kernels::error::{Code, Error};
use receptive_program::memory::Memory;
use receptive_program::step::{Access, Context, Step, ValueId};
use receptive_program::weights::Weights;

/// What each function of the steps returns: a checked step, or why its words are wrong.
pub type Made = Result<Box<dyn Step>, Error>;

/// Not generic: what is not `run` is compiled once for all steps.
struct Prepared {
    access: Access,
    run: Box<dyn Fn(&mut Memory)>,
}

impl Step for Prepared {
    fn access(&self) -> Access {
        self.access.clone()
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        (self.run)(memory);
    }
}

/// What a step reads, writes and needs.
#[derive(Debug, Default)]
pub struct Touches {
    /// Values read; none for one that the step goes without.
    pub reads: Vec<Option<ValueId>>,
    /// Values written completely, or changed where they lie; at least one, the first of them given.
    pub writes: Vec<Option<ValueId>>,
    /// Whether the values written are changed where they lie, and kept from run to run.
    pub changes: bool,
    /// Elements of scratch that all threads need together, dirty.
    pub scratch: usize,
}

impl Touches {
    /// Values read and a value written.
    pub fn new<const N: usize>(reads: [ValueId; N], write: ValueId) -> Self {
        let reads = reads.map(Some).to_vec();
        Touches { reads, writes: vec![Some(write)], ..Touches::default() }
    }

    /// With `scratch` elements of scratch memory, in place of any before.
    pub fn scratch(self, scratch: usize) -> Self {
        Touches { scratch, ..self }
    }

    /// With one more value that is read, if there is one.
    pub fn reading(mut self, read: Option<ValueId>) -> Self {
        self.reads.push(read);
        self
    }

    /// With one more value that is written.
    pub fn writing(mut self, write: ValueId) -> Self {
        self.writes.push(Some(write));
        self
    }

    /// The values written were there before.
    pub fn changing(self) -> Self {
        Touches { changes: true, ..self }
    }
}

/// Memory of a step that is no scratch, since its elements are other numbers. Fails with
/// [`Code::Memory`] where the allocator has no more.
pub fn own<T: Clone + Default>(len: usize) -> Result<RefCell<Vec<T>>, Error> {
    let mut elements = Vec::new();
    elements
        .try_reserve_exact(len)
        .map_err(|_| Error::new(Code::Memory, format!("no memory for {len} elements")))?;
    elements.resize(len, T::default());
    Ok(RefCell::new(elements))
}

/// The step that calls `run`, which may borrow all of its values at once.
///
/// Fails with [`Code::Descriptor`] where a value stands twice.
///
/// # Panics
/// If nothing is written.
pub fn made(context: Context<'_>, touches: Touches, run: impl Fn(&mut Memory) + 'static) -> Made {
    prepared(context, touches, Box::new(run))
}

fn prepared(context: Context<'_>, touches: Touches, run: Box<dyn Fn(&mut Memory)>) -> Made {
    let Touches { reads, writes, changes, scratch } = touches;
    context.distinct(&[&reads[..], &writes[..]].concat())?;
    let mut written = writes.into_iter().flatten();
    let write = written.next().expect("a step writes something");
    let further = written.collect();
    let reads = reads.into_iter().flatten().collect();
    let access = Access { reads, write, further, changes, scratch, ..Access::default() };
    Ok(Box::new(Prepared { access, run }))
}
