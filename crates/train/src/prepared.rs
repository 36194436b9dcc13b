//! A step as what it touches and a closure: most steps of training are one call of a kernel.

use core::cell::RefCell;
use receptive_kernels::error::{Code, Error};
use receptive_program::memory::Memory;
use receptive_program::step::{Access, Context, Step, ValueId};
use receptive_program::weights::Weights;

/// What a decoder returns.
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
    /// Values read.
    pub reads: Vec<Option<ValueId>>,
    /// Values written completely, or changed where they lie.
    pub writes: Vec<Option<ValueId>>,
    /// Whether they are changed.
    pub changes: bool,
    /// Scratch elements.
    pub scratch: usize,
}

impl Touches {
    /// Values read and a value written.
    pub fn new<const N: usize>(reads: [ValueId; N], write: ValueId) -> Self {
        let reads = reads.map(Some).to_vec();
        Touches { reads, writes: vec![Some(write)], ..Touches::default() }
    }

    /// With scratch memory.
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

/// The step. All values must be different ones, so that `run` may borrow them at once.
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
