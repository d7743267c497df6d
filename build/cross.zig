//! ./zigw build cross: the command for other systems, zig-out/cross/TARGET/bin/inlay.

const std = @import("std");
const Project = @import("project.zig").Project;
const add_installed = @import("project.zig").add_installed;
const Products = @import("project.zig").Products;
const Run = std.Build.Step.Run;
const Step = std.Build.Step;

/// The first four are Linux, which the tests can run.
const targets = [_][]const u8{
    "x86_64-linux-gnu.2.28",
    "aarch64-linux-gnu.2.28",
    "x86_64-linux-musl",
    "aarch64-linux-musl",
    "aarch64-macos",
    "x86_64-macos",
    "x86_64-windows-gnu",
};

pub fn add(project: Project, step: *Step) void {
    for (targets) |triple| install(project, project.optimize, triple, step, "cross");
}

/// For tests/product/, which has it in INLAY_CROSS: built as fast as can be.
pub fn give_to_tests(project: Project, run: *Run) void {
    const b = project.b;
    for (targets[0..4]) |triple| install(project, .Debug, triple, &run.step, "cross-tests");
    const digests = b.addTest(.{ .root_module = b.createModule(.{
        .root_source_file = b.path("build/cross/digest.zig"),
        .target = project.target,
        .optimize = .Debug,
        .link_libc = true,
    }) });
    run.step.dependOn(&b.addRunArtifact(digests).step);
    run.addArg("--set");
    add_installed(run, "INLAY_CROSS=", "cross-tests");
}

/// `below`/TARGET/bin/inlay below the prefix.
fn install(
    project: Project,
    optimize: std.builtin.OptimizeMode,
    triple: []const u8,
    step: *Step,
    below: []const u8,
) void {
    const b = project.b;
    const query = std.Target.Query.parse(.{
        .arch_os_abi = triple,
        .cpu_features = "baseline",
    }) catch unreachable;
    const there = project.for_target(b.resolveTargetQuery(query));
    const products: Products = .init(there, optimize);
    const command = products.command orelse return;
    const path = b.fmt("{s}/{s}/bin", .{ below, without_version(triple) });
    step.dependOn(&b.addInstallArtifact(command, .{
        .dest_dir = .{ .override = .{ .custom = path } },
    }).step);
}

/// Without that of glibc.
fn without_version(triple: []const u8) []const u8 {
    return triple[0 .. std.mem.indexOfScalar(u8, triple, '.') orelse triple.len];
}
