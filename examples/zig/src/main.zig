//! Opens notes.db, brings it up to date, and says what that took.

const std = @import("std");
const c = @import("c");
const schema = @import("schema.zig");

pub fn main(init: std.process.Init) !void {
    var database: ?*c.sqlite3 = null;
    defer _ = c.sqlite3_close(database);
    if (c.sqlite3_open("notes.db", &database) != c.SQLITE_OK) return error.CannotOpen;

    var diagnostic: schema.Diagnostic = .init;
    const applied = schema.ensureMigrated(database.?, &c.app_migrations, &diagnostic) catch |err| {
        std.log.err("{s}", .{diagnostic.message()});
        return err;
    };
    var buffer: [32]u8 = undefined;
    var output = std.Io.File.stdout().writer(init.io, &buffer);
    try output.interface.print("{d} applied\n", .{applied});
    try output.interface.flush();
}
