//! Compiles migrations/ to C, the C to a static library, and finds libinlay by pkg-config.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{exit, Command};

fn main() {
    let output = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let source = output.join("app_migrations.c");
    let object = output.join("app_migrations.o");
    let depfile = output.join("app_migrations.d");

    run(Command::new("inlay")
        .args(["compile", "--quiet", "migrations", "-o"])
        .arg(&source)
        .arg("--depfile")
        .arg(&depfile));
    rerun_if_changed(&depfile);

    run(
        Command::new(env::var_os("CC").unwrap_or_else(|| "cc".into()))
            .args(["-O2", "-fPIC", "-c", "-o"])
            .arg(&object)
            .arg(&source)
            .args(pkg_config(&["--cflags", "inlay"])),
    );
    run(Command::new("ar")
        .arg("crs")
        .arg(output.join("libapp_migrations.a"))
        .arg(&object));
    println!("cargo:rustc-link-search=native={}", output.display());
    println!("cargo:rustc-link-lib=static=app_migrations");

    // The static one: it takes its SQLite from wherever rusqlite has it, and no libpq.
    let archive = pkg_config(&["--variable=archive", "inlay"]).concat();
    let directory = Path::new(&archive).parent().expect("it is a path");
    println!("cargo:rustc-link-search=native={}", directory.display());
    println!("cargo:rustc-link-lib=static=inlay");
    println!("cargo:rerun-if-env-changed=PKG_CONFIG_PATH");
    println!("cargo:rerun-if-env-changed=CC");
}

/// The depfile is a rule of Make: what stands behind the colon was read, directories too, so that
/// a new file is noticed.
fn rerun_if_changed(depfile: &Path) {
    let rule = std::fs::read_to_string(depfile).expect("inlay has written it");
    let first = rule.split("\n\n").next().unwrap_or_default();
    let (_, read) = first.split_once(": ").expect("a rule has a colon");

    for path in read.split_ascii_whitespace().filter(|word| *word != "\\") {
        println!("cargo:rerun-if-changed={path}");
    }
}

fn pkg_config(arguments: &[&str]) -> Vec<String> {
    let output = Command::new("pkg-config")
        .args(arguments)
        .output()
        .expect("pkg-config is installed");

    if !output.status.success() {
        fail(&String::from_utf8_lossy(&output.stderr));
    }
    String::from_utf8_lossy(&output.stdout)
        .split_ascii_whitespace()
        .map(str::to_owned)
        .collect()
}

fn run(command: &mut Command) {
    let ended = match command.status() {
        Ok(status) if status.success() => return,
        Ok(status) => status.to_string(),
        Err(error) => error.to_string(),
    };

    fail(&format!("{:?}: {ended}", command.get_program()));
}

/// What the command has said is above it, in cargo's message.
fn fail(message: &str) -> ! {
    eprintln!("{message}");
    exit(1);
}
