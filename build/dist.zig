//! What is made of the sources besides the library and the command, for builds that are not ours.

const std = @import("std");
const flags = @import("flags.zig");
const Project = @import("project.zig").Project;

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

/// dist/ in zig-out/ (or --prefix): inlay.c and the headers that go with it.
pub fn install_amalgamation(project: Project, step: *std.Build.Step) void {
    const b = project.b;
    step.dependOn(&b.addInstallFile(project.amalgamation, "dist/inlay.c").step);
    for (project.sources.public_headers) |header| {
        const name = std.Io.Dir.path.basename(header);
        step.dependOn(&b.addInstallFile(b.path(header), b.fmt("dist/{s}", .{name})).step);
    }
}
