//! ensure_migrated() with Zig's errors.

const std = @import("std");
const c = @import("c");

/// What a caller may want to tell apart; inlay.h says of each what the database looks like.
pub const Error = error{
    /// Others were at work all the time.  Calling again is safe.
    Locked,
    /// Migrations are pending, and this process is not to apply them.
    Pending,
    /// Database and program do not belong together: edited, missing, late, ahead or foreign.
    Mismatch,
    /// A statement failed; its migration is rolled back.
    Failed,
    /// A migration without a transaction stopped half way.
    Interrupted,
    Unreachable,
    OutOfMemory,
    Misuse,
};

/// Why it failed, for people.
pub const Diagnostic = struct {
    details: c.struct_inlay_error,

    pub const init: Diagnostic = .{ .details = std.mem.zeroes(c.struct_inlay_error) };

    /// One line: file and position, cause, state of the world, remedy.
    pub fn message(diagnostic: *const Diagnostic) []const u8 {
        return std.mem.sliceTo(&diagnostic.details.message, 0);
    }
};

/// Brings `database` to the schema of `set`; how many migrations that took.
pub fn ensureMigrated(
    database: *c.sqlite3,
    set: *const c.struct_inlay_set,
    diagnostic: *Diagnostic,
) Error!u32 {
    diagnostic.details = c.inlay_error_init();
    return switch (c.ensure_migrated_sqlite(database, set, null, &diagnostic.details)) {
        c.INLAY_OK => diagnostic.details.applied_count,
        c.INLAY_LOCKED => error.Locked,
        c.INLAY_PENDING => error.Pending,
        c.INLAY_EDITED, c.INLAY_MISSING, c.INLAY_LATE, c.INLAY_AHEAD, c.INLAY_FOREIGN => error.Mismatch,
        c.INLAY_INTERRUPTED => error.Interrupted,
        c.INLAY_UNREACHABLE => error.Unreachable,
        c.INLAY_NO_MEMORY => error.OutOfMemory,
        c.INLAY_MISUSE => error.Misuse,
        else => error.Failed,
    };
}
