//! Images of real content: the packages of Debian that are installed, a layer each.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, EntryType, Header};

use crate::credentials::leaks;
use crate::images::{Layout, archive, check, env, zstd};

const PACKAGES: [&str; 8] =
    ["base-files", "bash", "ca-certificates", "coreutils", "openssl", "perl-base", "sed", "tzdata"];
/// How much of a package is taken, in bytes.
const MOST: u64 = 1 << 20;

/// What a package has installed, as an archive; nothing where it is not installed.
fn installed(package: &str) -> Option<Vec<u8>> {
    let list = fs::read_to_string(format!("/var/lib/dpkg/info/{package}.list")).ok()?;
    let mut tar = Builder::new(Vec::new());
    let mut size = 0;
    for path in list.lines().filter(|path| *path != "/.") {
        let Ok(metadata) = fs::symlink_metadata(path) else { continue };
        let name = format!(".{path}");
        let mut header = Header::new_gnu();
        header.set_mode(metadata.permissions().mode());
        header.set_mtime(u64::try_from(metadata.mtime()).unwrap_or_default());
        header.set_username("root").unwrap();
        header.set_size(0);
        if metadata.is_dir() {
            header.set_entry_type(EntryType::Directory);
            tar.append_data(&mut header, format!("{name}/"), std::io::empty()).unwrap();
        } else if metadata.is_symlink() {
            header.set_entry_type(EntryType::Symlink);
            tar.append_link(&mut header, &name, fs::read_link(path).unwrap()).unwrap();
        } else if metadata.is_file() && size + metadata.len() <= MOST {
            size += metadata.len();
            header.set_size(metadata.len());
            tar.append_data(&mut header, &name, fs::read(path).unwrap().as_slice()).unwrap();
        }
    }
    Some(tar.into_inner().unwrap())
}

fn packed(number: usize, layer: &[u8]) -> Vec<u8> {
    match number % 3 {
        0 => layer.to_vec(),
        1 => zstd(layer),
        _ => {
            let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
            packed.write_all(layer).unwrap();
            packed.finish().unwrap()
        }
    }
}

/// The places of the keys in an image of these layers.
fn places(dir: &Path, layers: &[Vec<u8>]) -> Vec<String> {
    let mut layout = Layout::default();
    let packed: Vec<_> = layers.iter().enumerate().map(|(number, layer)| packed(number, layer)).collect();
    let manifest = layout.manifest("{}", &packed);
    layout.index(&[(&manifest, Some("amd64"))]);
    layout.write(dir);
    let run = check(dir, ".");
    assert_eq!(run.codes(), Vec::<String>::new(), "{}", run.out);
    leaks(&run).into_iter().map(|leak| leak.1).collect()
}

#[test]
fn in_packages_nothing_is_found_but_the_key_that_is_put_there() {
    let mut layers: Vec<Vec<u8>> = PACKAGES.iter().filter_map(|package| installed(package)).collect();
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(places(dir.path(), &layers), Vec::<String>::new());
    let own = layers.len() / 2;
    layers.insert(own, archive(&[("usr/share/doc/app/examples/env", env().as_bytes())]));
    let dir = tempfile::tempdir().unwrap();
    let found = places(dir.path(), &layers);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].ends_with(&format!("layer {} of {}", own + 1, layers.len())), "{found:?}");
}
