//! What every step needs to know, and the products: the library, the command, and programs that
//! link them.  All compiled by Zig.

const std = @import("std");
const add_amalgamation = @import("dist.zig").add_amalgamation;
const bundled = @import("bundled.zig");
const Bundled = bundled.Bundled;
const flags = @import("flags.zig");
const sources = @import("sources.zig");
const windows = @import("windows.zig");
const debug: std.builtin.OptimizeMode = .Debug; // Named otherwise from 0.17 on.
const Compile = std.Build.Step.Compile;

pub const Project = struct {
    b: *std.Build,
    version: []const u8,
    target: std.Build.ResolvedTarget,
    /// For what is installed; tests and benchmarks choose their own.
    optimize: std.builtin.OptimizeMode,
    sources: sources.Sources,
    /// inlay.c: the runtime as one file.
    amalgamation: std.Build.LazyPath,
    has_pg_query: bool,
    is_for_here: bool,
    /// The libraries' sources, for where the system's are not the target's.
    library_sources: std.Build.LazyPath,
    only: []const u8,
    test_jobs: u32,
    seconds: u32,

    pub fn init(b: *std.Build, version: []const u8) Project {
        // Not the builder's own CPU: what is installed goes to other machines, and valgrind does
        // not know the newest instructions.
        const target = b.standardTargetOptions(.{ .default_target = .{ .cpu_model = .baseline } });
        switch (target.result.os.tag) {
            .linux, .macos, .windows => {},
            else => |os| std.process.fatal("inlay is not for {t} yet", .{os}),
        }
        var project: Project = .{
            .b = b,
            .version = version,
            .target = target,
            .optimize = b.option(
                std.builtin.OptimizeMode,
                "optimize",
                "For what is installed (default: ReleaseSafe); the tests are always Debug",
            ) orelse .ReleaseSafe,
            .sources = .find(b),
            .amalgamation = undefined, // Below: it is made of the rest.
            .has_pg_query = b.option(
                bool,
                "pg-query",
                "Check PostgreSQL's grammar with libpg_query (default: when it is installed here)",
            ) orelse (is_for_here(target.query) and sources.has_header(b, "pg_query.h")),
            .is_for_here = is_for_here(target.query),
            .library_sources = bundled.fetch(b),
            .only = b.option(
                []const u8,
                "only",
                "Run only the tests whose file name contains this",
            ) orelse "",
            .test_jobs = b.option(u32, "jobs", "Test programs at a time (default: 5)") orelse 5,
            .seconds = b.option(u32, "seconds", "For each fuzz target (default: 60)") orelse 60,
        };
        project.amalgamation = add_amalgamation(project);
        return project;
    }

    /// The same for another system.
    pub fn for_target(project: Project, target: std.Build.ResolvedTarget) Project {
        var other = project;
        other.target = target;
        other.is_for_here = false;
        other.has_pg_query = false;
        return other;
    }

    fn runtime_files(project: Project) []const []const u8 {
        const files = project.sources.runtime;
        if (!project.is_windows() or files.len == 0) return files;
        return windows.of_runtime(project.b, files);
    }

    fn compiler_files(project: Project) []const []const u8 {
        if (project.is_for_here) return project.sources.compiler;
        const files = bundled.without_digests(project.b, project.sources.compiler);
        return if (project.is_windows()) windows.of_compiler(project.b, files) else files;
    }

    pub fn add_library(
        project: Project,
        optimize: std.builtin.OptimizeMode,
        name: []const u8,
        files: []const []const u8,
    ) ?*Compile {
        if (files.len == 0) return null;
        const module = project.add_module(optimize);
        module.pic = true; // For the shared library, and for those of applications.
        module.addCSourceFiles(.{ .files = files, .flags = project.c_flags(&flags.library) });
        return project.b.addLibrary(.{ .name = name, .linkage = .static, .root_module = module });
    }

    /// `source` has its main.  It may use any of `libraries` and of the system's.
    pub fn add_program(
        project: Project,
        optimize: std.builtin.OptimizeMode,
        name: []const u8,
        source: []const u8,
        libraries: []const ?*Compile,
    ) *Compile {
        const module = project.add_module(optimize);
        if (project.is_windows())
            windows.add_main(project.b, module, source)
        else
            module.addCSourceFile(.{ .file = project.b.path(source), .flags = &flags.c });
        for (libraries) |optional| if (optional) |library| module.linkLibrary(library);
        if (project.from_source(optimize)) |bundle| {
            bundle.link(module);
            return project.b.addExecutable(.{
                .name = name,
                .root_module = module,
                .win32_manifest = if (project.is_windows()) windows.manifest(project.b) else null,
            });
        }
        // Without pkg-config: build/flags.zig knows where the headers are.
        for (flags.libraries) |other| module.linkSystemLibrary(other, .{ .use_pkg_config = .no });
        if (project.has_pg_query)
            module.linkSystemLibrary("pg_query", .{ .use_pkg_config = .no });
        return project.b.addExecutable(.{ .name = name, .root_module = module });
    }

    /// Null where the libraries are the system's.
    fn from_source(project: Project, optimize: std.builtin.OptimizeMode) ?Bundled {
        return if (project.is_for_here) null else .{
            .b = project.b,
            .sources = project.library_sources,
            .target = project.target,
            .optimize = optimize,
        };
    }

    fn is_windows(project: Project) bool {
        return project.target.result.os.tag == .windows;
    }

    fn c_flags(project: Project, comptime more: []const []const u8) []const []const u8 {
        if (project.is_windows()) return &flags.c ++ more ++ windows.flags;
        return &flags.c ++ more;
    }

    pub fn add_module(project: Project, optimize: std.builtin.OptimizeMode) *std.Build.Module {
        const b = project.b;
        const module = b.createModule(.{
            .target = project.target,
            .optimize = optimize,
            .link_libc = true,
            .sanitize_c = if (optimize == debug and project.is_for_here) .full else .off,
            .strip = if (project.is_for_here) null else true,
        });
        module.addCMacro("INLAY_VERSION", b.fmt("\"{s}\"", .{project.version}));
        if (project.has_pg_query) module.addCMacro("INLAY_HAVE_PG_QUERY", "1");
        for (flags.include_directories) |directory| module.addIncludePath(b.path(directory));
        if (project.is_windows()) module.addIncludePath(b.path(windows.headers));
        if (project.from_source(optimize)) |bundle| {
            bundle.add_headers(module);
            return module;
        }
        module.addSystemIncludePath(.{ .cwd_relative = flags.client_directory });
        if (project.target.query.isNative()) {
            // Zig looks here by itself only where it finds another C compiler.
            const headers = b.fmt("/usr/include/{t}-linux-gnu", .{project.target.result.cpu.arch});
            module.addAfterIncludePath(.{ .cwd_relative = headers });
            module.addAfterIncludePath(.{ .cwd_relative = "/usr/include" });
        }
        return module;
    }
};

/// For this machine's system, whatever the CPU model: then its libraries are the ones to link.
fn is_for_here(query: std.Target.Query) bool {
    return query.cpu_arch == null and query.isNativeOs() and query.isNativeAbi();
}

/// Hands `run` the path of what is installed at `path` below the prefix, with `before` in front, as
/// each Zig has it.
pub fn add_installed(run: *std.Build.Step.Run, before: []const u8, path: []const u8) void {
    const b = run.step.owner;
    if (@hasDecl(std.Build, "getInstallPath"))
        run.addArg(b.fmt("{s}{s}", .{ before, b.getInstallPath(.prefix, path) }))
    else
        run.addPrefixedDirectoryArg(before, .{ .relative = .{
            .base = .install_prefix,
            .sub_path = path,
        } });
}

/// Each is null as long as it has no source file.
pub const Products = struct {
    /// runtime/*.c: what applications link.
    library: ?*Compile,
    /// compiler/ but main.c: what the command and the tests share.
    compiler: ?*Compile,
    command: ?*Compile,

    pub fn init(project: Project, optimize: std.builtin.OptimizeMode) Products {
        const b = project.b;
        // "libinlay", for packages that ask for artifacts by name; the command is "inlay".
        const library = project.add_library(optimize, "libinlay", project.runtime_files());
        const compiler = project.add_library(optimize, "compiler", project.compiler_files());
        var command: ?*Compile = null;
        if (project.sources.main.len > 0) {
            const main = project.sources.main[0];
            command = project.add_program(optimize, "inlay", main, &.{ compiler, library });
        }
        if (library) |artifact| {
            for (project.sources.public_headers) |header|
                artifact.installHeader(b.path(header), std.Io.Dir.path.basename(header));
            // So that any compiler can link it, also when it has Zig's checks.
            artifact.bundle_ubsan_rt = optimize == debug;
        }
        return .{ .library = library, .compiler = compiler, .command = command };
    }
};
