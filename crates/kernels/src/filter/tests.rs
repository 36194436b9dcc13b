//! Filters in lent memory against those that own theirs.

use super::*;
use crate::team::Team;
use crate::testing::Random;
use crate::winograd::Tile;

const LAYOUTS: [Layout; 7] = [
    Layout::Raw,
    Layout::Rows,
    Layout::Columns(Product::Plain),
    Layout::Panels,
    Layout::Depthwise,
    Layout::Winograd(Tile::F2),
    Layout::Winograd(Tile::F4),
];

#[test]
fn lent_memory_holds_what_owned_memory_would() {
    let shapes = [
        (Kind::Conv, [17, 3, 3, 3], 1),
        (Kind::Conv, [10, 2, 3, 2], 2),
        (Kind::Conv, [42, 3, 3, 3], 2),
        (Kind::Conv, [33, 11, 3, 3], 1),
        (Kind::Conv, [3, 1, 3, 3], 3),
        (Kind::ConvTranspose, [4, 5, 2, 2], 2),
        (Kind::ConvTranspose, [3, 11, 3, 2], 1),
        (Kind::Linear, [9, 7, 1, 1], 1),
    ];
    let mut packed = 0;
    for (kind, dims, groups) in shapes {
        let spec = FilterSpec::new(kind, dims, groups).unwrap();
        let weights = Random::new(3).vector(dims.iter().product());
        for layout in LAYOUTS {
            let mut data = vec![f32::NAN; spec.stored_len(layout).unwrap()];
            let Ok(mut owned) = Filter::new(spec, layout, Vec::new()) else {
                let refused = Filter::pack(spec, layout, &weights, &mut data, &Team::SOLO);
                assert_eq!(refused.unwrap_err().code, Code::Argument, "{layout:?} {dims:?}");
                continue;
            };
            owned.write_rows(0, &weights).unwrap();
            for threads in 1..4 {
                data.fill(f32::NAN);
                let team = Team::eager(threads);
                let lent = Filter::pack(spec, layout, &weights, &mut data, &team).unwrap();
                assert_eq!(lent.data(), owned.data(), "{layout:?} {dims:?} {threads} threads");
                assert!(lent.expect_complete().is_ok());
            }
            packed += 1;
        }
    }
    assert_eq!(packed, 34);
}

#[test]
fn wrong_lengths_and_second_rows_are_refused() {
    let spec = FilterSpec::new(Kind::Conv, [2, 1, 1, 1], 1).unwrap();
    let code = |weights: usize, data: usize| {
        let mut data = vec![0.0; data];
        let filter = Filter::pack(spec, Layout::Raw, &vec![0.0; weights], &mut data, &Team::SOLO);
        filter.map(|_| ()).map_err(|error| error.code)
    };
    assert_eq!(code(1, 2), Err(Code::Shape));
    assert_eq!(code(2, 1), Err(Code::Shape));
    assert_eq!(code(2, 2), Ok(()));
    let mut data = [0.0; 2];
    let mut filter = Filter::pack(spec, Layout::Raw, &[1.0, 2.0], &mut data, &Team::SOLO).unwrap();
    assert_eq!(filter.write_rows(0, &[3.0]).map_err(|error| error.code), Err(Code::Weights));
}

#[test]
fn rows_of_which_one_was_written_are_none_of_them_written() {
    let spec = FilterSpec::new(Kind::Linear, [9, 7, 1, 1], 1).unwrap();
    let rows = |count: usize| Random::new(5).vector(7 * count);
    let mut filter = Filter::new(spec, Layout::Panels, Vec::new()).unwrap();
    filter.write_rows(5, &rows(2)).unwrap();
    let before = filter.data().to_vec();
    assert_eq!(filter.write_rows(0, &rows(6)).map_err(|error| error.code), Err(Code::Weights));
    assert_eq!(filter.data(), before);
    let missing = filter.expect_complete().unwrap_err();
    assert!(missing.message.starts_with("7 of 9 "), "{}", missing.message);
    filter.write_rows(0, &rows(5)).unwrap();
    filter.write_rows(7, &rows(2)).unwrap();
    assert!(filter.expect_complete().is_ok());
}
