//! The declaration of a filter.

use crate::contract::FilterSpec as Declared;
use crate::reader::Reader;
use receptive_kernels::conv2d::select::{Usage, layout};
use receptive_kernels::error::Error;
use receptive_kernels::filter::{FilterSpec, Layout};

/// What a filter is and how it is laid out, from the words of a [`Declared`].
///
/// Fails with [`Code::Descriptor`](receptive_kernels::error::Code) for words that mean nothing, and
/// as [`FilterSpec::new`].
pub fn read(words: &[u32]) -> Result<(FilterSpec, Layout), Error> {
    let mut words = Reader::new(words);
    let declared = Declared::read(&mut words)?;
    words.end()?;
    let Declared { kind, dims, groups, stride, dilation, map, algorithm } = declared;
    let spec = FilterSpec::new(kind, dims, groups)?;
    Ok((spec, layout(algorithm, &spec, &Usage { stride, dilation, map })))
}
