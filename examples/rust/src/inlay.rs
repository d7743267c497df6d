//! `ensure_migrated()` of libinlay for a rusqlite connection.

use std::ffi::CStr;
use std::fmt;
use std::os::raw::{c_char, c_int, c_void};
use std::ptr;

use rusqlite::{ffi::sqlite3, Connection};

/// How a call ended well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    /// Migrations that this call has applied.
    pub applied_count: u32,
    /// The database was not asked: this process knew.
    pub is_cached: bool,
}

/// How a call failed: a `struct inlay_error`.  Displays as a line for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// `"INLAY_FAILED"`: enum inlay_result says what the database looks like afterwards.
    pub result: &'static str,
    /// Of the migration to blame.
    pub version: Option<i64>,
    /// `"migrations/003_add_invoices.sql"`, or empty.
    pub file: String,
    /// 1-based, as `column`; 0 when unknown.
    pub line: u32,
    pub column: u32,
    /// SQLite's extended result code.
    pub code: i32,
    pub applied_count: u32,
    message: String,
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// Applies the migrations that the database lacks.  That the connection is borrowed mutably means
/// that no statement and no transaction is open.
pub fn ensure_migrated(connection: &mut Connection) -> Result<Report, Error> {
    let mut ended = RawError::new();

    // SAFETY: the handle is open as long as the connection is, and of the libsqlite3 that libinlay
    // is linked with; app_migrations is what the generated file defines.  Nothing is kept.
    let result = unsafe {
        ensure_migrated_sqlite(
            connection.handle(),
            &app_migrations,
            ptr::null(),
            &mut ended,
        )
    };
    if result == INLAY_OK {
        Ok(Report {
            applied_count: ended.applied_count,
            is_cached: ended.is_cached != 0,
        })
    } else {
        Err(ended.into())
    }
}

const INLAY_OK: c_int = 0;

/// struct inlay_set: only its address matters.
#[repr(C)]
struct Set {
    _private: [u8; 0],
}

/// struct inlay_error.
#[repr(C)]
struct RawError {
    size: usize,
    result: c_int,
    applied_count: u32,
    version: i64,
    line: u32,
    column: u32,
    statement: u32,
    code: i32,
    sqlstate: [c_char; 8],
    migration: [c_char; 256],
    file: [c_char; 512],
    message: [c_char; 2048],
    pending_count: u32,
    rolled_back_count: u32,
    unchecked: c_int,
    is_cached: u32,
    recorded_count: u32,
}

extern "C" {
    static app_migrations: Set;

    fn ensure_migrated_sqlite(
        connection: *mut sqlite3,
        set: *const Set,
        options: *const c_void,
        error: *mut RawError,
    ) -> c_int;
    fn inlay_result_name(result: c_int) -> *const c_char;
}

impl RawError {
    fn new() -> Self {
        // SAFETY: numbers and characters, all of which may be zero.
        let mut error: Self = unsafe { std::mem::zeroed() };

        error.size = std::mem::size_of::<Self>();
        error
    }
}

impl From<RawError> for Error {
    fn from(raw: RawError) -> Self {
        // SAFETY: a static text.
        let result = unsafe { CStr::from_ptr(inlay_result_name(raw.result)) };

        Self {
            result: result.to_str().expect("it is ASCII"),
            version: u64::try_from(raw.version).ok().map(|_| raw.version),
            file: text(&raw.file),
            line: raw.line,
            column: raw.column,
            code: raw.code,
            applied_count: raw.applied_count,
            message: text(&raw.message),
        }
    }
}

fn text(array: &[c_char]) -> String {
    let bytes: Vec<u8> = array
        .iter()
        .take_while(|character| **character != 0)
        .map(|character| *character as u8)
        .collect();

    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_gets_everything_once() {
        let mut connection = Connection::open_in_memory().unwrap();

        let first = ensure_migrated(&mut connection).unwrap();
        assert!(first.applied_count > 0);
        assert_eq!(ensure_migrated(&mut connection).unwrap().applied_count, 0);
    }

    #[test]
    fn a_failure_tells_where() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE note (id)").unwrap();

        let error = ensure_migrated(&mut connection).unwrap_err();
        assert_eq!(error.result, "INLAY_FAILED");
        assert_eq!(error.file, "migrations/001_create_notes.sql");
        assert_eq!(
            (error.version, error.line, error.column, error.code),
            (Some(1), 2, 14, 1)
        );
        assert!(error.to_string().contains("table note already exists"));
    }
}
