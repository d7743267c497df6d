const std = @import("std");

pub fn build(b: *std.Build) void {
    const program = b.addExecutable(.{
        .name = "app",
        .root_module = b.createModule(.{
            .target = b.standardTargetOptions(.{}),
            .optimize = b.standardOptimizeOption(.{}),
        }),
    });
    program.root_module.addCSourceFile(.{ .file = b.path("app.c"), .flags = &.{"-std=c11"} });
    _ = @import("inlay").addMigrations(b, .{
        .module = program.root_module,
        .directory = b.path("migrations"),
        .databases = &.{.sqlite},
    });
    b.installArtifact(program);
}
