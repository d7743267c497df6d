//! For the build.zig of applications: migrations and the runtime become parts of one of their
//! modules.
//!
//!     @import("inlay").addMigrations(b, .{
//!         .module = program.root_module,
//!         .directory = b.path("migrations"),
//!         .databases = &.{.sqlite},
//!     });

const std = @import("std");
const LazyPath = std.Build.LazyPath;

pub const Database = enum { sqlite, postgres };

pub const Options = struct {
    /// What uses the migrations.  Its target is known, and the runtime is compiled as it is.
    module: *std.Build.Module,
    /// The .sql files.  A new, changed or removed file in it compiles them again.
    directory: LazyPath,
    /// What the runtime is to talk to: the client library of each is linked, no other is needed.
    /// None for a second set in the same program, which has the runtime by the first.
    databases: []const Database,
    /// The set's symbol in C, and with .h behind it the header that declares it.
    name: []const u8 = "app_migrations",
    /// More for `inlay compile`: "--dialect=sqlite", "--strict".  Paths are not relative to
    /// anything; git is not there.
    arguments: []const []const u8 = &.{},
    /// false: `module` has the client libraries, built from source for example.
    link_clients: bool = true,
    /// An `inlay` that is installed, for example: .{ .cwd_relative = "/usr/bin/inlay" }.  null:
    /// one is built for the machine that builds.
    command: ?LazyPath = null,
};

pub const Migrations = struct {
    /// NAME.h and the headers of inlay, for translate-c: `module` includes them by itself.
    header: LazyPath,
    include: LazyPath,
};

/// What the dependency offers under names.
pub const command_name = "inlay";
pub const runtime_name = "runtime";

/// `inlay` is this package as `b` depends on it.
pub fn add(b: *std.Build, inlay: *std.Build.Dependency, options: Options) Migrations {
    const run = std.Build.Step.Run.create(b, b.fmt("inlay compile ({s})", .{options.name}));
    if (options.command) |command|
        run.addFileArg(command)
    else
        run.addArtifactArg(inlay.artifact(command_name));
    run.addArgs(&.{ "compile", "--quiet", "--name", options.name });
    run.addArgs(options.arguments);

    // A copy, whose place depends on what is in it.  Zig takes files from depfiles, and would not
    // see by them that there is a new one.
    const directory = directory_name(options.directory);
    const copy = b.addWriteFiles();
    _ = copy.addCopyDirectory(options.directory, directory, .{});
    run.setCwd(copy.getDirectory());
    run.addArgs(&.{ directory, "-o" });
    const source = run.addOutputFileArg(b.fmt("{s}.c", .{options.name}));

    const runtime = inlay.namedWriteFiles(runtime_name).getDirectory();
    const include = b.addWriteFiles();
    const header = b.fmt("{s}.h", .{options.name});
    const public = include.addCopyFile(source.dirname().path(b, header), header);
    _ = include.addCopyDirectory(runtime, "", .{ .include_extensions = &.{ ".h", ".hpp" } });
    const module = options.module;
    module.link_libc = true;
    module.addIncludePath(include.getDirectory());
    module.addCSourceFile(.{ .file = source, .flags = &.{"-std=c11"} });
    if (options.databases.len > 0) add_runtime(module, runtime, options);
    return .{ .header = public, .include = include.getDirectory() };
}

fn add_runtime(module: *std.Build.Module, runtime: LazyPath, options: Options) void {
    const b = module.owner;
    var has_sqlite = false;
    var has_postgres = false;
    for (options.databases) |database| switch (database) {
        .sqlite => has_sqlite = true,
        .postgres => has_postgres = true,
    };
    module.addCSourceFile(.{
        .file = runtime.path(b, "inlay.c"),
        .flags = if (has_sqlite and has_postgres)
            &.{"-std=c11"}
        else if (has_sqlite)
            &.{ "-std=c11", "-DINLAY_OMIT_POSTGRES" }
        else
            &.{ "-std=c11", "-DINLAY_OMIT_SQLITE" },
    });
    if (!options.link_clients) return;
    if (has_sqlite) module.linkSystemLibrary("sqlite3", .{});
    if (has_postgres) module.linkSystemLibrary("pq", .{});
}

/// As messages call it: its path in the application, or the last part of one that is elsewhere.
fn directory_name(directory: LazyPath) []const u8 {
    const name = directory.getDisplayName();
    const is_inside = !std.Io.Dir.path.isAbsolute(name) and std.mem.indexOf(u8, name, "..") == null;
    return if (is_inside) name else std.Io.Dir.path.basename(name);
}
