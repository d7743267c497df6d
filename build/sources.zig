//! Which files there are: found by looking, so that adding one needs no edit here.

const std = @import("std");

pub const Sources = struct {
    /// compiler/*.c and its rooms but main.c: what the command and the tests share.
    compiler: []const []const u8,
    /// compiler/main.c, when it exists.
    main: []const []const u8,
    runtime: []const []const u8,
    /// runtime/*.h, and those of them that applications include.
    runtime_headers: []const []const u8,
    public_headers: []const []const u8,
    generated: []const []const u8,
    /// compiler/manual/page_*.c: a command each.
    pages: []const []const u8,
    /// compiler/*.re: each becomes the .c beside it.
    lexers: []const []const u8,
    /// All of migrations/, the lock file as well.
    migrations: []const []const u8,
    /// tests/*_test.c: a program each.
    tests: []const []const u8,
    /// tests/product/*_test.c: the same, about what is installed.
    product_tests: []const []const u8,
    /// tests/real_tools/*_test.c: the same.
    tool_tests: []const []const u8,
    /// tests/support/*.c but the runner, and tests/oracle/*.c: linked into every test.
    support: []const []const u8,
    /// tests/fuzz/*_fuzz.c: a libFuzzer target each.
    fuzz: []const []const u8,
    dictionaries: []const []const u8,
    has_corpus: bool,
    /// bench/*.c: a program each, and bench/support/*.c in every one.
    bench: []const []const u8,
    bench_support: []const []const u8,

    pub fn find(b: *std.Build) Sources {
        return .{
            .compiler = compiler(b),
            .main = list(b, "compiler", "main", ".c", ""),
            .runtime = list(b, "runtime", "", ".c", ""),
            .runtime_headers = list(b, "runtime", "", ".h", ""),
            .public_headers = std.mem.concat(b.allocator, []const u8, &.{
                list(b, "runtime", "inlay", ".h", ""),
                list(b, "runtime", "inlay", ".hpp", ""),
            }) catch @panic("OOM"),
            .generated = list(b, "generated", "", ".c", ""),
            .pages = list(b, "compiler/manual", "page_", ".c", ""),
            .lexers = list(b, "compiler", "lexer_", ".re", ""),
            .migrations = list(b, "migrations", "", "", ""),
            .tests = list(b, "tests", "", "_test.c", ""),
            .product_tests = list(b, "tests/product", "", "_test.c", ""),
            .tool_tests = list(b, "tests/real_tools", "", "_test.c", ""),
            .support = std.mem.concat(b.allocator, []const u8, &.{
                list(b, "tests/oracle", "", ".c", ""),
                list(b, "tests/support", "", ".c", "runner.c"),
            }) catch @panic("OOM"),
            .fuzz = list(b, "tests/fuzz", "", "_fuzz.c", ""),
            .dictionaries = list(b, "tests/fuzz", "", ".dict", ""),
            .has_corpus = exists(b, "tests/fuzz/corpus"),
            .bench = list(b, "bench", "", ".c", ""),
            .bench_support = list(b, "bench/support", "", ".c", ""),
        };
    }
};

/// The rooms of the compiler, main.c left out.
fn compiler(b: *std.Build) []const []const u8 {
    return std.mem.concat(b.allocator, []const u8, &.{
        list(b, "compiler", "", ".c", "main.c"),
        list(b, "compiler/adopt", "", ".c", ""),
        list(b, "compiler/catalog", "", ".c", ""),
        list(b, "compiler/commands", "", ".c", ""),
        list(b, "compiler/formats", "", ".c", ""),
        list(b, "compiler/inspect", "", ".c", ""),
        list(b, "compiler/lint", "", ".c", ""),
        list(b, "compiler/live", "", ".c", ""),
        list(b, "compiler/manual", "", ".c", ""),
        list(b, "compiler/model", "", ".c", ""),
        list(b, "compiler/rehearse", "", ".c", ""),
        list(b, "compiler/render", "", ".c", ""),
        list(b, "compiler/verify", "", ".c", ""),
    }) catch @panic("OOM");
}

/// `files` but those of these paths.
pub fn without(
    b: *std.Build,
    files: []const []const u8,
    paths: []const []const u8,
) []const []const u8 {
    var others: std.ArrayList([]const u8) = .empty;
    outer: for (files) |file| {
        for (paths) |path| if (std.mem.eql(u8, file, path)) continue :outer;
        others.append(b.allocator, file) catch @panic("OOM");
    }
    return others.items;
}

/// "tests/lexer_test.c" is "lexer_test".
pub fn stem(path: []const u8) []const u8 {
    return std.Io.Dir.path.stem(path);
}

/// "tests/support/runner.c" is in "support".
pub fn directory_of(path: []const u8) []const u8 {
    return stem(std.Io.Dir.path.dirname(path) orelse "");
}

/// The files of `directory` (and not below it) whose names begin with `start` and end with `end`,
/// except `exception`; sorted, relative to the root.  None when there is no such directory.
fn list(
    b: *std.Build,
    directory: []const u8,
    start: []const u8,
    end: []const u8,
    exception: []const u8,
) []const []const u8 {
    const io = b.graph.io;
    var paths: std.ArrayList([]const u8) = .empty;
    var opened = root(b).openDir(io, directory, .{ .iterate = true }) catch return &.{};
    defer opened.close(io);

    depend_on(b, b.path(directory));
    var entries = opened.iterate();
    while (entries.next(io) catch @panic("cannot read a source directory")) |entry| {
        if (entry.kind == .directory) continue;
        if (!std.mem.startsWith(u8, entry.name, start)) continue;
        if (!std.mem.endsWith(u8, entry.name, end)) continue;
        if (std.mem.eql(u8, entry.name, exception)) continue;
        paths.append(b.allocator, b.fmt("{s}/{s}", .{ directory, entry.name })) catch @panic("OOM");
    }
    std.mem.sort([]const u8, paths.items, {}, less_than);
    return paths.items;
}

fn exists(b: *std.Build, path: []const u8) bool {
    return if (root(b).access(b.graph.io, path, .{})) true else |_| false;
}

pub fn is_directory(b: *std.Build, path: []const u8) bool {
    const opened = root(b).openDir(b.graph.io, path, .{}) catch return false;
    opened.close(b.graph.io);
    return true;
}

/// The directory of build.zig, as each Zig calls it.
fn root(b: *std.Build) std.Build.Cache.Path {
    if (@hasField(std.Build, "build_root")) return .{ .root_dir = b.build_root };
    return b.root;
}

fn less_than(_: void, a: []const u8, b: []const u8) bool {
    return std.mem.lessThan(u8, a, b);
}

/// Is this C header among the system's?
pub fn has_header(b: *std.Build, header: []const u8) bool {
    const io = b.graph.io;
    var found = false;
    inline for (.{ "/usr/include", "/usr/local/include", "/opt/homebrew/include" }) |directory| {
        if (std.Io.Dir.openDirAbsolute(io, directory, .{})) |opened| {
            defer opened.close(io);
            depend_on(b, .{ .cwd_relative = directory });
            if (opened.access(io, header, .{})) |_| found = true else |_| {}
        } else |_| {}
    }
    return found;
}

/// From 0.17 on Zig remembers what this file decided: tell it what the decision hangs on.
fn depend_on(b: *std.Build, directory: std.Build.LazyPath) void {
    if (@hasDecl(std.Build, "dependOnDirectoryContents")) b.dependOnDirectoryContents(directory);
}
