//! Two neighbouring vectors as one: written like that, an engine that can pairs their instructions.

use super::Vector;
use core::marker::PhantomData;

/// Two of `I`.
#[derive(Debug, Clone, Copy)]
pub struct Pair<I>(PhantomData<I>);

/// Two vectors.
type Two<I> = [<I as Vector>::V; 2];

impl<I: Vector> Vector for Pair<I> {
    type V = Two<I>;
    const COUNT: usize = 2 * I::COUNT;

    #[inline(always)]
    fn splat(x: f32) -> Two<I> {
        [I::splat(x); 2]
    }

    #[inline(always)]
    fn add(a: Two<I>, b: Two<I>) -> Two<I> {
        [I::add(a[0], b[0]), I::add(a[1], b[1])]
    }

    #[inline(always)]
    fn sub(a: Two<I>, b: Two<I>) -> Two<I> {
        [I::sub(a[0], b[0]), I::sub(a[1], b[1])]
    }

    #[inline(always)]
    fn mul(a: Two<I>, b: Two<I>) -> Two<I> {
        [I::mul(a[0], b[0]), I::mul(a[1], b[1])]
    }

    #[inline(always)]
    fn div(a: Two<I>, b: Two<I>) -> Two<I> {
        [I::div(a[0], b[0]), I::div(a[1], b[1])]
    }

    #[inline(always)]
    fn mul_add(a: Two<I>, b: Two<I>, c: Two<I>) -> Two<I> {
        [I::mul_add(a[0], b[0], c[0]), I::mul_add(a[1], b[1], c[1])]
    }

    #[inline(always)]
    fn clamp(x: Two<I>, low: Two<I>, high: Two<I>) -> Two<I> {
        [I::clamp(x[0], low[0], high[0]), I::clamp(x[1], low[1], high[1])]
    }

    #[inline(always)]
    fn greater(a: Two<I>, b: Two<I>) -> Two<I> {
        [I::greater(a[0], b[0]), I::greater(a[1], b[1])]
    }

    #[inline(always)]
    fn less(a: Two<I>, b: Two<I>) -> Two<I> {
        [I::less(a[0], b[0]), I::less(a[1], b[1])]
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Two<I> {
        // SAFETY: the caller's `from` is valid for both.
        unsafe { [I::load(from), I::load(from.add(I::COUNT))] }
    }

    #[inline(always)]
    unsafe fn load_splat(from: *const f32) -> Two<I> {
        // SAFETY: the caller's `from` is valid for one element.
        [unsafe { I::load_splat(from) }; 2]
    }

    #[inline(always)]
    unsafe fn store(to: *mut f32, v: Two<I>) {
        // SAFETY: the caller's `to` is valid for both.
        unsafe {
            I::store(to, v[0]);
            I::store(to.add(I::COUNT), v[1]);
        }
    }
}
