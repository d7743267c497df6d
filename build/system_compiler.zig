//! The same sources through the system's own compilers: what Zig's cannot do (AddressSanitizer,
//! coverage, libFuzzer), and a second opinion on every warning.

const std = @import("std");
const flags = @import("flags.zig");
const stem = @import("sources.zig").stem;
const directory_of = @import("sources.zig").directory_of;
const Project = @import("project.zig").Project;
const Run = std.Build.Step.Run;

pub const Variant = struct {
    compiler: []const u8,
    /// For every file and every program.
    flags: []const []const u8,
    /// For programs only.
    link_flags: []const []const u8 = &.{},
    /// Where objects are to be, when that matters: gcc counts coverage beside them.
    object_directory: ?[]const u8 = null,
};

/// A file and the step that makes it.
const Made = struct {
    path: std.Build.LazyPath,
    by: *std.Build.Step,

    fn pass_to(made: Made, run: *Run) void {
        run.addFileArg(made.path);
        run.step.dependOn(made.by);
    }
};

/// All of the project but its programs, compiled one way.
pub const SystemCompiler = struct {
    project: Project,
    variant: Variant,
    directory_step: ?*std.Build.Step,
    archives: []const Made,

    pub fn init(project: Project, variant: Variant) SystemCompiler {
        const b = project.b;
        const sources = project.sources;
        const rooms = [_][]const []const u8{
            sources.support, sources.generated, sources.compiler, sources.runtime,
        };
        const names = [_][]const u8{
            "libsupport.a", "libgenerated.a", "libcompiler.a", "libinlay.a",
        };
        var archives: std.ArrayList(Made) = .empty;
        var self: SystemCompiler = .{
            .project = project,
            .variant = variant,
            .directory_step = null,
            .archives = &.{},
        };

        if (variant.object_directory) |directory| self.directory_step = add_directory(b, directory);
        for (rooms, names) |room, name| {
            if (room.len == 0) continue;
            const run = b.addSystemCommand(&.{ "ar", "rcs" });
            const archive: Made = .{ .path = run.addOutputFileArg(name), .by = &run.step };
            for (room) |source| self.add_object(source).pass_to(run);
            archives.append(b.allocator, archive) catch @panic("OOM");
        }
        self.archives = archives.items;
        return self;
    }

    /// Hands `run` a program as its next argument.  `source` has its main, or what libFuzzer's main
    /// calls.
    pub fn pass_program(self: SystemCompiler, source: []const u8, run: *Run) void {
        const b = self.project.b;
        const link = b.addSystemCommand(&.{self.variant.compiler});
        link.addArgs(self.variant.flags);
        link.addArgs(self.variant.link_flags);
        link.addArg("-o");
        const program: Made = .{ .path = link.addOutputFileArg(stem(source)), .by = &link.step };
        self.add_object(source).pass_to(link);
        for (self.archives) |archive| archive.pass_to(link);
        link.addArgs(&.{ "-Wl,--as-needed", "-lcmocka" });
        for (flags.libraries) |library| link.addArg(b.fmt("-l{s}", .{library}));
        if (self.project.has_pg_query) link.addArg("-lpg_query");
        link.addArgs(&.{ "-lpthread", "-lm" });
        program.pass_to(run);
    }

    /// The headers it reads are noted in a depfile, so that editing one compiles it again.
    fn add_object(self: SystemCompiler, source: []const u8) Made {
        const b = self.project.b;
        const run = b.addSystemCommand(&.{self.variant.compiler});
        run.setName(b.fmt("{s} {s}", .{ self.variant.compiler, source }));
        run.rename_step_with_output_arg = false;
        run.setCwd(b.path("."));
        run.addArgs(&flags.c);
        run.addArgs(self.variant.flags);
        run.addArg(b.fmt("-DINLAY_VERSION=\"{s}\"", .{self.project.version}));
        if (self.project.has_pg_query) run.addArg("-DINLAY_HAVE_PG_QUERY=1");
        for (flags.include_directories) |directory| run.addArg(b.fmt("-I{s}", .{directory}));
        run.addArgs(&.{ "-isystem", flags.client_directory, "-c" });
        run.addFileArg(b.path(source));
        run.addArg("-o");
        if (self.variant.object_directory) |directory| {
            const path = b.fmt("{s}/{s}_{s}.o", .{ directory, directory_of(source), stem(source) });
            run.addArg(path);
            run.has_side_effects = true;
            run.step.dependOn(self.directory_step.?);
            return .{ .path = b.path(path), .by = &run.step };
        }
        const object = run.addOutputFileArg(b.fmt("{s}.o", .{stem(source)}));
        run.addArgs(&.{ "-MMD", "-MF" });
        _ = run.addDepFileOutputArg(b.fmt("{s}.d", .{stem(source)}));
        return .{ .path = object, .by = &run.step };
    }
};

/// Makes `directory`, below zig-out/, empty.
fn add_directory(b: *std.Build, directory: []const u8) *std.Build.Step {
    const run = b.addSystemCommand(&.{ "sh", "-euc", "rm -rf \"$1\"; mkdir -p \"$1\"", "sh" });
    run.addArg(directory);
    run.setName(b.fmt("empty {s}", .{directory}));
    run.setCwd(b.path("."));
    run.has_side_effects = true;
    return &run.step;
}
