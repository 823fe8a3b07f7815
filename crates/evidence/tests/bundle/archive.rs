//! Archives that no bundle is: refused before anything in them is believed.

use crate::world::{World, rezip, unzip};
use std::io::{Cursor, Write as _};
use tidegate_evidence::check;

fn refused(file: &[u8]) -> String {
    check(file, &[]).unwrap_err().to_string()
}

#[test]
fn names_that_leave_the_folder_and_files_of_no_bundle_are_refused() {
    let files = unzip(&World::released().bundle());
    for name in [
        "../index.html",
        "/etc/passwd",
        "a/index.html",
        "INDEX.HTML",
        "bundle.zip",
        "index.html/",
        "configuration-01.json",
    ] {
        let mut more = files.clone();
        more.insert(name.to_owned(), Vec::new());
        let text = refused(&rezip(&more));
        assert!(
            text.contains("is nothing that a bundle holds"),
            "{name}: {text}"
        );
    }
}

#[test]
fn a_file_that_is_there_twice_is_refused() {
    // Two names of one length, so that the second can be made the first in the bytes.
    let files = unzip(&World::released().bundle());
    let mut more = files.clone();
    more.insert("pages.json".to_owned(), b"[]".to_vec());
    let mut bytes = rezip(&more);
    let (from, to) = (b"pages.json", b"gates.json");
    let places: Vec<usize> = bytes
        .windows(10)
        .enumerate()
        .filter(|(_, w)| w == from)
        .map(|(n, _)| n)
        .collect();
    assert_eq!(
        places.len(),
        2,
        "once before the file and once in the index"
    );
    for place in places {
        bytes[place..place + 10].copy_from_slice(to);
    }
    let text = refused(&bytes);
    assert!(text.contains("twice"), "{text}");
}

#[test]
fn a_bomb_is_given_up_at_the_limit_and_not_unpacked() {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive
        .start_file("index.html", zip::write::SimpleFileOptions::default())
        .unwrap();
    let block = vec![b' '; 1 << 20];
    for _ in 0..65 {
        archive.write_all(&block).unwrap();
    }
    let file = archive.finish().unwrap().into_inner();
    assert!(file.len() < 1 << 20);
    assert_eq!(refused(&file), "index.html is too large");
}

#[test]
fn what_is_cut_off_or_no_archive_is_refused() {
    let file = World::released().bundle();
    for end in [0, 1, 21, file.len() / 2, file.len() - 1] {
        let text = refused(&file[..end]);
        assert!(text.starts_with("the file"), "{end}: {text}");
    }
    let mut damaged = file.clone();
    damaged[200] ^= 1;
    assert!(check(&damaged, &[]).is_err());
}
