//! Brings its database up to date, and writes a note.

mod inlay;

use std::env;
use std::error::Error;
use std::ffi::OsStr;
use std::process::ExitCode;

use rusqlite::Connection;

fn run(path: &OsStr) -> Result<(), Box<dyn Error>> {
    let mut connection = Connection::open(path)?;
    let report = inlay::ensure_migrated(&mut connection)?;
    println!("{} applied", report.applied_count);

    connection.execute(
        "INSERT INTO note (text, written_on) VALUES (?1, date())",
        ["hello"],
    )?;
    println!("{} written", connection.last_insert_rowid());
    Ok(())
}

fn main() -> ExitCode {
    let path = env::args_os().nth(1).unwrap_or_else(|| "app.db".into());
    let error = match run(&path) {
        Ok(()) => return ExitCode::SUCCESS,
        Err(error) => error,
    };

    if let Some(failure) = error.downcast_ref::<inlay::Error>() {
        if failure.line > 0 {
            eprintln!("{} at {}:{}", failure.result, failure.file, failure.line);
        }
    }
    eprintln!("{error}");
    ExitCode::FAILURE
}
