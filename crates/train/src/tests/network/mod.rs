//! A small LeNet (LeCun et al. 1998) that learns eight images by heart.

mod formula;
mod program;

use super::case::{bits, slopes_at};
use program::{CLASSES, IMAGES, Network, PARAMS};
use receptive_kernels::team::Team;

#[test]
fn the_loss_goes_down() {
    let mut network = Network::new(Team::SOLO);
    let losses: Vec<f32> = (1..=30).map(|step| network.learn(step)).collect();
    let untaught = (CLASSES as f32).ln();
    assert!((losses[0] - untaught).abs() < 0.5 * untaught, "{losses:?}");
    assert!(losses[29] < 0.25 * losses[0], "{losses:?}");
    assert!(losses.iter().all(|loss| loss.is_finite()));
    assert!(network.norms().iter().all(|norm| norm.is_finite()));
}

#[test]
fn gradients_are_the_differences_of_the_loss() {
    let mut network = Network::new(Team::SOLO);
    // Away from where it starts, so that no symmetry hides a mistake.
    (1..=3).for_each(|step| {
        network.learn(step);
    });
    let params = network.params();
    let wide: Vec<Vec<f64>> = params.iter().map(|param| super::case::wide(param)).collect();
    let loss = f64::from(network.judge(&network.labels()));
    let expected = formula::loss(&wide, &network.images(), &network.labels());
    assert!((loss - expected).abs() <= 1e-5, "{loss}, expected {expected}");
    let (gradients, norms) = (network.gradients(), network.norms());
    let mut squares = 0.0;
    for (at, gradient) in gradients.iter().enumerate() {
        let slopes = slopes_at(&params[at], 1e-5, |param| {
            let mut moved = wide.clone();
            moved[at].copy_from_slice(param);
            formula::loss(&moved, &network.images(), &network.labels())
        });
        let largest = slopes.iter().fold(0.0f64, |most, slope| most.max(slope.abs()));
        // An element is a sum over the pixels of all images.
        let terms = (IMAGES * 64 + 75) as f64;
        let tolerance = 2.0 * f64::from(f32::EPSILON) * terms * largest;
        assert!(largest > 1e-3, "parameter {at} has no gradient");
        for (element, (&got, &slope)) in gradient.iter().zip(&slopes).enumerate() {
            let close = (f64::from(got) - slope).abs() <= tolerance;
            assert!(close, "parameter {at}, element {element}: {got}, differences say {slope}");
        }
        let square = slopes.iter().map(|slope| slope * slope).sum::<f64>();
        assert!((f64::from(norms[2 + at]) - square.sqrt()).abs() <= tolerance * 8.0);
        squares += square;
    }
    assert!((f64::from(norms[0]) - squares.sqrt()).abs() <= 1e-4 * squares.sqrt());
    assert_eq!((norms[1], norms.len()), (-1.0, 2 + PARAMS));
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let learned = |team| {
        let mut network = Network::new(team);
        let losses = (1..=30).map(|step| network.learn(step)).collect();
        bits(&[vec![losses], network.params()].concat())
    };
    let solo = learned(Team::SOLO);
    for threads in [1, 2, 3] {
        assert_eq!(learned(Team::eager(threads)), solo, "{threads} threads");
    }
}

#[test]
fn labels_that_are_no_class_change_nothing_without_the_updates() {
    let mut network = Network::new(Team::SOLO);
    network.learn(1);
    let (before, states) = (bits(&network.params()), bits(&network.states()));
    for wrong in [CLASSES as f32, -1.0, 0.5, f32::NAN] {
        let mut labels = network.labels();
        labels[3] = wrong;
        assert!(network.judge(&labels).is_nan(), "{wrong}");
        let norms = network.norms();
        assert!(norms[0].is_nan() && norms[1] == 0.0, "{wrong}: {norms:?}");
        assert_eq!(bits(&network.params()), before, "{wrong}");
        assert_eq!(bits(&network.states()), states, "{wrong}");
    }
    assert!(network.learn(2).is_finite());
    assert_ne!(bits(&network.params()), before);
}
