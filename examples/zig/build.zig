const std = @import("std");

pub fn build(b: *std.Build) void {
    const target = b.standardTargetOptions(.{});
    const optimize = b.standardOptimizeOption(.{});
    const program = b.addExecutable(.{
        .name = "notes",
        .root_module = b.createModule(.{
            .root_source_file = b.path("src/main.zig"),
            .target = target,
            .optimize = optimize,
        }),
    });
    const migrations = @import("inlay").addMigrations(b, .{
        .module = program.root_module,
        .directory = b.path("migrations"),
        .databases = &.{.sqlite},
    });

    // What src/c.h includes is @import("c") in Zig.
    const c = b.addTranslateC(.{
        .root_source_file = b.path("src/c.h"),
        .target = target,
        .optimize = optimize,
    });
    c.addIncludePath(migrations.include);
    program.root_module.addImport("c", c.createModule());
    b.installArtifact(program);
}
