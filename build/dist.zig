//! What is made of the sources besides the library and the command, for builds that are not ours.

const std = @import("std");
const flags = @import("flags.zig");
const is_directory = @import("sources.zig").is_directory;
const Project = @import("project.zig").Project;
const add_installed = @import("project.zig").add_installed;
const WriteFile = std.Build.Step.WriteFile;

/// inlay.c: the whole runtime as one file, by build/amalgamate.c.
pub fn add_amalgamation(project: Project) std.Build.LazyPath {
    const b = project.b;
    const module = b.createModule(.{
        .target = b.graph.host,
        .optimize = .Debug,
        .link_libc = true,
    });
    module.addCSourceFile(.{ .file = b.path("build/amalgamate.c"), .flags = &flags.c });
    const run = b.addRunArtifact(b.addExecutable(.{ .name = "amalgamate", .root_module = module }));
    const output = run.addOutputFileArg("inlay.c");
    run.addFileArg(b.path("LICENSE"));
    for (project.sources.runtime_headers) |header| run.addFileArg(b.path(header));
    for (project.sources.runtime) |source| run.addFileArg(b.path(source));
    return output;
}

/// inlay.c and the headers that go with it, as files of one directory.
fn add_one_file(project: Project, files: *WriteFile) void {
    _ = files.addCopyFile(project.amalgamation, "inlay.c");
    for (project.sources.public_headers) |header|
        _ = files.addCopyFile(project.b.path(header), std.Io.Dir.path.basename(header));
}

/// Below the prefix in `under`: inlay.c and its headers; the same as a tarball that is a subproject
/// for Meson and CMake, with Meson's wrap; the sources as a package for Zig.
pub fn install(project: Project, step: *std.Build.Step, under: []const u8) void {
    const b = project.b;
    const runtime = b.addWriteFiles();
    add_one_file(project, runtime);
    step.dependOn(&b.addInstallDirectory(.{
        .source_dir = runtime.getDirectory(),
        .install_dir = .prefix,
        .install_subdir = under,
    }).step);

    const name = b.fmt("inlay-{s}", .{project.version});
    const subproject = b.addWriteFiles();
    add_one_file(project, subproject);
    _ = subproject.add("VERSION", b.fmt("{s}\n", .{project.version}));
    for ([_][]const u8{
        "LICENSE",                   "build/dist/README.md",         "build/dist/meson.build",
        "build/dist/CMakeLists.txt", "build/inlay-migrations.cmake",
    }) |path| _ = subproject.addCopyFile(b.path(path), std.Io.Dir.path.basename(path));
    const tarball = pack(project, subproject, name);
    const tarball_name = b.fmt("{s}.tar.gz", .{name});
    const wrap = b.addSystemCommand(&.{"sh"});
    wrap.addFileArg(b.path("build/dist/wrap.sh"));
    wrap.addArgs(&.{ name, tarball_name });
    wrap.addFileArg(tarball);

    const package = pack(project, add_package(project), b.fmt("{s}-zig", .{name}));
    for ([_]std.Build.LazyPath{ tarball, wrap.captureStdOut(.{}), package }, [_][]const u8{
        tarball_name, "inlay.wrap", b.fmt("{s}-zig.tar.gz", .{name}),
    }) |file, base| {
        const path = b.pathJoin(&.{ under, base });
        step.dependOn(&b.addInstallFile(file, path).step);
    }
}

/// What build.zig.zon says that the package has.
fn add_package(project: Project) *WriteFile {
    const b = project.b;
    const files = b.addWriteFiles();
    inline for (@import("../build.zig.zon").paths) |path| {
        if (is_directory(b, path))
            _ = files.addCopyDirectory(b.path(path), path, .{})
        else
            _ = files.addCopyFile(b.path(path), path);
    }
    return files;
}

/// The same bytes for the same files, whenever, wherever and by whomever.
fn pack(project: Project, files: *WriteFile, name: []const u8) std.Build.LazyPath {
    const b = project.b;
    const run = b.addSystemCommand(&.{"sh"});
    run.addFileArg(b.path("build/dist/pack.sh"));
    run.addArg(name);
    run.addDirectoryArg(files.getDirectory());
    return run.addOutputFileArg(b.fmt("{s}.tar.gz", .{name}));
}

/// To builds that have this package as a dependency, under `name`.
pub fn offer(project: Project, name: []const u8) void {
    add_one_file(project, project.b.addNamedWriteFiles(name));
}

/// For tests/product/, which has them in INLAY_PACKAGES.
pub fn give_to_tests(project: Project, run: *std.Build.Step.Run) void {
    const under = "tests-packages";
    install(project, &run.step, under);
    run.addArg("--set");
    add_installed(run, "INLAY_PACKAGES=", under);
}
