//! What lies below zig-out/ (or --prefix) after `./zigw build`, and once more where the tests use it.

const std = @import("std");
const stem = @import("sources.zig").stem;
const Project = @import("project.zig").Project;
const Products = @import("project.zig").Products;
const add_installed = @import("project.zig").add_installed;
const Compile = std.Build.Step.Compile;
const LazyPath = std.Build.LazyPath;
const Run = std.Build.Step.Run;
const Step = std.Build.Step;

/// Programs that were linked with another one have to be linked again: it is in the library's name.
/// It changes where tests/abi/ does.
const abi_version = "0.1";

/// Where things go: `under` is a directory below the prefix, or "".
const Prefix = struct {
    b: *std.Build,
    step: *Step,
    under: []const u8,

    fn directory(prefix: Prefix, name: []const u8) std.Build.InstallDir {
        return .{ .custom = prefix.b.pathJoin(&.{ prefix.under, name }) };
    }

    fn add_file(prefix: Prefix, file: LazyPath, path: []const u8) *Step {
        const at = prefix.b.pathJoin(&.{ prefix.under, path });
        const installed = prefix.b.addInstallFile(file, at);
        prefix.step.dependOn(&installed.step);
        return &installed.step;
    }

    fn add_output(
        prefix: Prefix,
        command: *Compile,
        arguments: []const []const u8,
        path: []const u8,
    ) void {
        const run = prefix.b.addRunArtifact(command);
        run.addArgs(arguments);
        _ = prefix.add_file(run.captureStdOut(.{}), path);
    }
};

/// bin/inlay; lib/ with the library, static and shared, and its pkg-config files; include/ with its
/// headers; where the command can be run, share/ with its manual pages and completions.
pub fn add(project: Project, products: Products, step: *Step, under: []const u8) void {
    const b = project.b;
    const prefix: Prefix = .{ .b = b, .step = step, .under = under };
    if (products.command) |command| {
        step.dependOn(&b.addInstallArtifact(command, .{
            .dest_dir = .{ .override = prefix.directory("bin") },
        }).step);
        if (project.is_for_here) add_manual(prefix, command, project.sources.pages);
    }
    const library = products.library orelse return;
    step.dependOn(&b.addInstallArtifact(library, .{
        .dest_dir = .{ .override = prefix.directory("lib") },
        .h_dir = .{ .override = prefix.directory("include") },
        .dest_sub_path = "libinlay.a",
    }).step);
    add_pkg_config(prefix, project.version);
    add_cmake(prefix, project.version);
    if (project.is_for_here and project.target.result.os.tag == .linux)
        add_shared(prefix, project, library);
}

/// For tests/product/, which has it in INLAY_PREFIX: the command as the tests have it, the
/// library as it is shipped.
pub fn give_to_tests(project: Project, checked: Products, shipped: Products, run: *Run) void {
    const mixed: Products = .{
        .library = shipped.library,
        .compiler = null,
        .command = checked.command,
    };
    add(project, mixed, &run.step, "tests");
    run.addArg("--set");
    add_installed(run, "INLAY_PREFIX=", "tests");
}

/// deb/ below the prefix, made by Debian's tools of what is installed in deb-tree/.
pub fn add_deb(project: Project, products: Products) *Run {
    const b = project.b;
    const run = b.addSystemCommand(&.{ "sh", "build/deb.sh" });
    add_installed(run, "", "deb-tree");
    add_installed(run, "", "deb");
    run.setCwd(b.path("."));
    run.has_side_effects = true;
    add(project, products, &run.step, "deb-tree");
    return run;
}

/// lib/libinlay.so, which has both drivers.  Made of the objects of libinlay.a, which can be loaded
/// anywhere and hide what no public header declares.
fn add_shared(prefix: Prefix, project: Project, library: *Compile) void {
    const b = prefix.b;
    const soname = "libinlay.so." ++ abi_version;
    const file = b.fmt("libinlay.so.{s}", .{project.version});
    const link = b.addSystemCommand(&.{
        b.graph.zig_exe, "cc", "-shared", "-Wl,-soname," ++ soname, "-o",
    });
    const shared = link.addOutputFileArg(file);
    link.addArg("-Wl,--whole-archive");
    link.addArtifactArg(library);
    link.addArgs(&.{ "-Wl,--no-whole-archive", "-lsqlite3", "-lpq", "-lpthread" });

    const links = b.addSystemCommand(&.{
        "sh",                                                         "-euc",
        "cd \"$1\"; ln -sf \"$2\" \"$3\"; ln -sf \"$3\" libinlay.so", "sh",
    });
    add_installed(links, "", b.pathJoin(&.{ prefix.under, "lib" }));
    links.addArgs(&.{ file, soname });
    links.setName("libinlay.so");
    links.has_side_effects = true;
    links.step.dependOn(prefix.add_file(shared, b.fmt("lib/{s}", .{file})));
    prefix.step.dependOn(&links.step);
}

/// They find the rest from where they are, so that the whole may be moved.
fn add_pkg_config(prefix: Prefix, version: []const u8) void {
    const b = prefix.b;
    const files = b.addWriteFiles();
    const core = b.fmt(
        \\prefix=${{pcfiledir}}/../..
        \\libdir=${{prefix}}/lib
        \\includedir=${{prefix}}/include
        \\# The static library, for who wants that one and the databases' as they come.
        \\archive=${{libdir}}/libinlay.a
        \\
        \\Name: inlay
        \\Description: Brings a database to the schema a program was compiled with
        \\Version: {s}
        \\Cflags: -I${{includedir}}
        \\Libs: -L${{libdir}} -linlay
        \\Libs.private: -pthread
        \\
    , .{version});
    _ = prefix.add_file(files.add("inlay.pc", core), "lib/pkgconfig/inlay.pc");
    for ([_][3][]const u8{
        .{ "inlay-sqlite", "SQLite", "sqlite3" },
        .{ "inlay-postgres", "PostgreSQL", "libpq" },
    }) |it| {
        const text = b.fmt(
            \\Name: {s}
            \\Description: inlay for programs that use {s}
            \\Version: {s}
            \\Requires: inlay = {s}, {s}
            \\
        , .{ it[0], it[1], version, version, it[2] });
        const name = b.fmt("{s}.pc", .{it[0]});
        _ = prefix.add_file(files.add(name, text), b.fmt("lib/pkgconfig/{s}", .{name}));
    }
}

/// lib/cmake/inlay/, for find_package(inlay).  Until 1.0 another minor version is another library.
fn add_cmake(prefix: Prefix, version: []const u8) void {
    const b = prefix.b;
    const text = b.fmt(
        \\set(PACKAGE_VERSION {s})
        \\if(PACKAGE_FIND_VERSION VERSION_LESS_EQUAL PACKAGE_VERSION AND
        \\   "${{PACKAGE_FIND_VERSION_MAJOR}}.${{PACKAGE_FIND_VERSION_MINOR}}" STREQUAL "{s}")
        \\    set(PACKAGE_VERSION_COMPATIBLE TRUE)
        \\    if(PACKAGE_FIND_VERSION STREQUAL PACKAGE_VERSION)
        \\        set(PACKAGE_VERSION_EXACT TRUE)
        \\    endif()
        \\endif()
        \\
    , .{ version, abi_version });
    const files = b.addWriteFiles();
    const name = "lib/cmake/inlay/inlay-config-version.cmake";
    _ = prefix.add_file(files.add("inlay-config-version.cmake", text), name);
    for ([_][]const u8{ "inlay-config.cmake", "inlay-migrations.cmake" }) |file|
        _ = prefix.add_file(b.path(b.fmt("build/{s}", .{file})), b.fmt("lib/cmake/inlay/{s}", .{file}));
}

/// What the command prints of itself; each file of compiler/manual/page_*.c is a command's.
fn add_manual(prefix: Prefix, command: *Compile, pages: []const []const u8) void {
    const b = prefix.b;
    prefix.add_output(command, &.{"manual"}, "share/man/man1/inlay.1");
    for (pages) |page| {
        const name = stem(page)["page_".len..];
        const path = b.fmt("share/man/man1/inlay-{s}.1", .{name});
        prefix.add_output(command, &.{ "manual", name }, path);
    }
    for ([_][]const u8{
        "database", "environment", "exit-status", "directives", "layouts",
    }) |topic| {
        const path = b.fmt("share/man/man7/inlay-{s}.7", .{topic});
        prefix.add_output(command, &.{ "manual", topic }, path);
    }
    for ([_][2][]const u8{
        .{ "bash", "share/bash-completion/completions/inlay" },
        .{ "zsh", "share/zsh/site-functions/_inlay" },
        .{ "fish", "share/fish/vendor_completions.d/inlay.fish" },
    }) |shell| prefix.add_output(command, &.{ "completion", shell[0] }, shell[1]);
}
