//! An activation by itself.

use crate::activation::Activation;

/// Version 0: `y[i] = f(x[i])`, one element at a time. Version 1 is [`Activation::apply`].
pub fn reference(activation: Activation, x: &[f32], y: &mut [f32]) {
    for (i, y) in y.iter_mut().enumerate() {
        *y = activation.value(x[i]);
    }
}
