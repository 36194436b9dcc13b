//! What moves elements.

use crate::tests::case::{Case, dirty};
use receptive_kernels::movement::backward::pad_reference;
use receptive_kernels::movement::pad::{Mode as Padding, PadAxis};
use receptive_kernels::movement::slice;
use receptive_kernels::resize::{Mode, Resize, ResizeAxis};
use receptive_kernels::resize_backward;
use receptive_kernels::roi::reference::roi_align_gradient;
use receptive_kernels::roi::{self, Align, Level};
use receptive_kernels::testing::Random;

pub fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    for mode in [Mode::Nearest, Mode::Bilinear] {
        for sizes in [[3, 5, 7, 9], [5, 7, 3, 4], [4, 4, 4, 4]] {
            cases.extend([false, true].map(|align_corners| resize(mode, sizes, align_corners)));
        }
    }
    let modes = [Padding::Constant(0.0), Padding::Reflect, Padding::Replicate, Padding::Circular];
    cases.extend(modes.into_iter().enumerate().map(|(number, mode)| pad(number, mode)));
    cases.extend([[5, 7, 3, 2], [1, 4, 4, 0]].map(concat));
    cases.extend(
        [(0, false), (2, false), (3, true)].map(|(sampling, aligned)| roi_align(sampling, aligned)),
    );
    cases
}

fn resize(mode: Mode, sizes: [usize; 4], align_corners: bool) -> Case {
    let ([h, w, oh, ow], n, c) = (sizes, 2, 3);
    let scale = |size: usize, out: usize| match align_corners {
        true => (size - 1) as f32 / (out - 1) as f32,
        false => size as f32 / out as f32,
    };
    let axis = |size, out| ResizeAxis { size, out, scale: scale(size, out), align_corners };
    let shape = Resize { c, y: axis(h, oh), x: axis(w, ow) };
    let dy = Random::new(9).vector(n * oh * ow * c);
    let mut dx = dirty(n * h * w * c);
    resize_backward::reference(&shape, mode, &dy, &mut dx);
    let case = Case::new(format!("{mode:?}, {sizes:?}"), 91).read(&dy).write(dx);
    let case = case.sizes(&[usize::from(mode == Mode::Bilinear), n, c]).sizes(&sizes);
    case.floats(&[shape.y.scale, shape.x.scale]).sizes(&[align_corners.into()]).terms(oh * ow)
}

fn pad(number: usize, mode: Padding) -> Case {
    let (dims, before, after) = ([2, 4, 5, 3], [0, 1, 3, 0], [1, 2, 2, 0]);
    let axes: Vec<PadAxis> =
        (0..4).map(|at| PadAxis { size: dims[at], before: before[at], after: after[at] }).collect();
    let dy = Random::new(10).vector(axes.iter().map(PadAxis::padded).product());
    let mut dx = dirty(dims.iter().product());
    pad_reference(&axes, mode, &dy, &mut dx);
    let case = Case::new(format!("{mode:?}"), 92).read(&dy).write(dx);
    case.sizes(&[number, 4]).sizes(&dims).sizes(&before).sizes(&after).terms(16)
}

fn concat([outer, row, chunk, start]: [usize; 4]) -> Case {
    let dy = Random::new(11).vector(outer * row);
    let mut dx = vec![f32::NAN; outer * chunk];
    slice::reference(&dy, row, start, chunk, &mut dx);
    let case = Case::new(format!("{row} from {start}"), 30).read(&dy).write_narrow(&dx);
    case.sizes(&[outer, row, chunk, start])
}

/// Of two levels the second, of half as many lines, to which the last three regions belong.
fn roi_align(sampling: usize, aligned: bool) -> Case {
    let (n, c, oh, ow, h, w) = (2, 3, 2, 3, 5, 6);
    let [small, large] = [[1.0, 1.0, 4.0, 4.0], [1.0, 0.5, 9.0, 9.5]];
    let [wide, outside] = [[-3.0, 2.0, 14.0, 9.0], [8.0, 6.0, 30.0, 40.0]];
    let regions = [(0, small), (1, large), (0, wide), (1, outside)];
    let rois: Vec<f32> = regions
        .iter()
        .flat_map(|(image, edges)| [&[*image as f32][..], &edges[..]].concat())
        .collect();
    let align = Align { c, oh, ow, sampling, aligned, mode: roi::Mode::Avg };
    let row = oh * ow * c;
    let dy = Random::new(12).vector(4 * row);
    let mut dx = dirty(n * h * w * c);
    let level = Level { x: &[], h, w, scale: 0.5 };
    roi_align_gradient(&align, level, &rois[5..], &dy[row..], &mut dx);
    let case = Case::new(format!("sampling {sampling}, aligned {aligned}"), 108);
    let case = case.read(&rois).read(&dy).write(dx);
    let case = case.sizes(&[n, c, 4, oh, ow, sampling, aligned.into(), 0]).floats(&[8.0]);
    case.sizes(&[1, h, w, 1, 2]).floats(&[1.0, 0.5]).terms(64)
}
