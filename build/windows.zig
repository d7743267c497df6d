//! What is otherwise in the build for Windows: build/cross/windows/ has what of POSIX it lacks.

const std = @import("std");
const flags_c = @import("flags.zig").c;
const without = @import("sources.zig").without;

const directory = "build/cross/windows/";
pub const headers = directory ++ "include";

/// The sources are written for POSIX: warnings about them are those of the other builds.
pub const flags = [_][]const u8{
    "-w",
    "-includeposix.h",
    "-D_FILE_OFFSET_BITS=64",
};

pub fn manifest(b: *std.Build) std.Build.LazyPath {
    return b.path(directory ++ "inlay.manifest");
}

/// `source` has the main that another one calls.
pub fn add_main(b: *std.Build, module: *std.Build.Module, source: []const u8) void {
    module.addCSourceFile(.{
        .file = b.path(source),
        .flags = &(flags_c ++ flags ++ .{"-Dmain=inlay_main"}),
    });
    module.addCSourceFile(.{
        .file = b.path(directory ++ "start.c"),
        .flags = &(flags_c ++ flags),
    });
}

/// The library, and all that it asks of POSIX.
pub fn of_runtime(b: *std.Build, files: []const []const u8) []const []const u8 {
    return with(b, files, &.{ directory ++ "posix.c", directory ++ "sqlite.c" });
}

/// Two files have another in their place here.
pub fn of_compiler(b: *std.Build, files: []const []const u8) []const []const u8 {
    const others = without(b, files, &.{ "compiler/live/watch.c", "compiler/rehearse/server.c" });
    return with(b, others, &.{
        directory ++ "process.c", directory ++ "server.c", directory ++ "watch.c",
    });
}

fn with(
    b: *std.Build,
    files: []const []const u8,
    more: []const []const u8,
) []const []const u8 {
    return std.mem.concat(b.allocator, []const u8, &.{ files, more }) catch @panic("OOM");
}
