//! Everything that runs our programs to judge them: tests in three builds, goldens, fuzzing,
//! coverage, benchmarks.

const std = @import("std");
const flags = @import("flags.zig");
const stem = @import("sources.zig").stem;
const Project = @import("project.zig").Project;
const Products = @import("project.zig").Products;
const Variant = @import("system_compiler.zig").Variant;
const SystemCompiler = @import("system_compiler.zig").SystemCompiler;
const Compile = std.Build.Step.Compile;
const Run = std.Build.Step.Run;
const Step = std.Build.Step;

/// These also run under valgrind: quick and pure, and the one that talks to SQLite.
const valgrind_tests = [_][]const u8{
    "checksum_test",
    "image_test",
    "lexer_test",
    "plan_test",
    "sqlite_test",
    "text_test",
};

/// These let a process die at every step, or a hundred start at once, and take minutes: with gcc's
/// sanitizers alone, which look for more than Zig's.
const long_tests = [_][]const u8{
    "baseline_race_test",
    "cache_threads_test",
    "crash_server_test",
    "crash_services_test",
    "crash_sqlite_test",
    "crash_test",
    "fault_services_test",
    "fault_test",
    "race_services_test",
    "repair_race_test",
};

/// And these under ThreadSanitizer: what the library makes threads for, or keeps for all of them.
const thread_tests = [_][]const u8{
    "many_test",
    "scratch_test",
};

/// A committed file and what it should be.
pub const Fresh = struct { committed: []const u8, fresh: std.Build.LazyPath, remedy: []const u8 };

/// One program for each of `sources` that is wanted, with all of Zig's checks.
pub fn add_tests(
    project: Project,
    products: Products,
    sources: []const []const u8,
) []const *Compile {
    const support = project.add_library(.Debug, "support", project.sources.support);
    const generated = project.add_library(.Debug, "generated", project.sources.generated);
    var programs: std.ArrayList(*Compile) = .empty;
    for (sources) |source| {
        if (!is_wanted(project, source)) continue;
        const program = project.add_program(.Debug, stem(source), source, &.{
            support, generated, products.compiler, products.library,
        });
        program.root_module.linkSystemLibrary("cmocka", .{ .use_pkg_config = .no });
        programs.append(project.b.allocator, program) catch @panic("OOM");
    }
    return programs.items;
}

fn is_wanted(project: Project, source: []const u8) bool {
    return std.mem.indexOf(u8, stem(source), project.only) != null;
}

/// tests/support/runner.c: runs the groups it is given and prints the closing line.
pub fn add_runner(project: Project) *Compile {
    return project.add_program(.Debug, "runner", "tests/support/runner.c", &.{});
}

pub fn add_test_run(project: Project, runner: *Compile, fresh: []const Fresh) *Run {
    const b = project.b;
    const run = b.addRunArtifact(runner);
    run.setName("tests");
    run.setCwd(b.path("."));
    run.stdio = .inherit;
    // Not by setEnvironmentVariable(): from 0.17 on that remembers the whole environment.
    run.addArgs(&.{ "--set", "ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1" });
    run.addArgs(&.{ "--set", "UBSAN_OPTIONS=print_stacktrace=1" });
    run.addArgs(&.{ "--set", "TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1" });
    run.addArg("--set");
    run.addPrefixedFileArg("INLAY_DIST=", project.amalgamation);
    run.addArgs(&.{ "--jobs", b.fmt("{d}", .{project.test_jobs}) });
    for (fresh) |file| {
        run.addArgs(&.{ "--same", file.committed });
        run.addFileArg(file.fresh);
        run.addArg(file.remedy);
    }
    return run;
}

/// Built by Zig, with its undefined-behaviour checks.  Those of the product run here alone: they
/// test what is installed by using it, where sanitizers would see nothing of our code.
pub fn add_zig_group(
    run: *Run,
    label: []const u8,
    products: Products,
    tests: []const *Compile,
) void {
    run.addArgs(&.{ "--build", label });
    if (products.command) |command| {
        run.addArg("--inlay");
        run.addArtifactArg(command);
    }
    for (tests) |program| run.addArtifactArg(program);
}

/// Without those that take minutes.
pub fn without_long(project: Project, tests: []const *Compile) []const *Compile {
    var short: std.ArrayList(*Compile) = .empty;
    outer: for (tests) |program| {
        for (long_tests) |name| if (std.mem.eql(u8, name, program.name)) continue :outer;
        short.append(project.b.allocator, program) catch @panic("OOM");
    }
    return short.items;
}

/// Built by gcc with AddressSanitizer, LeakSanitizer and the undefined-behaviour checks.
pub fn add_sanitizer_group(project: Project, run: *Run) void {
    const compiler: SystemCompiler = .init(project, .{
        .compiler = "gcc",
        .flags = &.{
            "-O1",                       "-g",                      "-fsanitize=address,undefined",
            "-fno-sanitize-recover=all", "-fno-omit-frame-pointer",
        },
    });
    run.addArgs(&.{ "--build", "gcc-asan" });
    add_system_group(project, run, compiler, project.sources.tests);
}

/// Built by gcc, without sanitizers, run under valgrind.
pub fn add_valgrind_group(project: Project, run: *Run) void {
    const variant: Variant = .{ .compiler = "gcc", .flags = &.{ "-O1", "-g" } };
    const compiler: SystemCompiler = .init(project, variant);
    var chosen: std.ArrayList([]const u8) = .empty;
    for (project.sources.tests) |source| for (valgrind_tests) |name|
        if (std.mem.eql(u8, name, stem(source)))
            chosen.append(project.b.allocator, source) catch @panic("OOM");
    run.addArgs(&.{ "--build", "gcc-valgrind", "--under" });
    run.addArg("valgrind -q --error-exitcode=99 --leak-check=full");
    add_system_group(project, run, compiler, chosen.items);
}

/// Built by gcc with ThreadSanitizer.
pub fn add_thread_group(project: Project, run: *Run) void {
    const variant: Variant = .{
        .compiler = "gcc",
        .flags = &.{ "-O1", "-g", "-fsanitize=thread" },
    };
    const compiler: SystemCompiler = .init(project, variant);
    var chosen: std.ArrayList([]const u8) = .empty;
    for (project.sources.tests) |source| for (thread_tests) |name|
        if (std.mem.eql(u8, name, stem(source)))
            chosen.append(project.b.allocator, source) catch @panic("OOM");
    run.addArgs(&.{ "--build", "gcc-tsan" });
    add_system_group(project, run, compiler, chosen.items);
}

fn add_system_group(
    project: Project,
    run: *Run,
    compiler: SystemCompiler,
    tests: []const []const u8,
) void {
    if (project.sources.main.len > 0) {
        run.addArg("--inlay");
        compiler.pass_program(project.sources.main[0], run);
    }
    for (tests) |source| if (is_wanted(project, source)) compiler.pass_program(source, run);
}

/// These rewrite what they would compare: expectations, and what documents show of them.
const golden_tests = [_][]const u8{ "golden_test", "rules_test", "docs_test", "manual_test" };

pub fn add_golden(
    project: Project,
    runner: *Compile,
    products: Products,
    tests: []const *Compile,
) *Step {
    const run = add_test_run(project, runner, &.{});
    run.addArgs(&.{ "--set", "INLAY_GOLDEN=rewrite" });
    add_zig_group(run, "golden", products, &.{});
    for (tests) |program| for (golden_tests) |name| {
        if (std.mem.eql(u8, program.name, name)) run.addArtifactArg(program);
    };
    return &run.step;
}

/// tests/fuzz/*_fuzz.c, one after another.  Inputs found are kept in zig-out/fuzz/, failures too.
pub fn add_fuzz(project: Project) *Step {
    const b = project.b;
    const compiler: SystemCompiler = .init(project, .{
        .compiler = "clang",
        .flags = &.{
            "-O1", "-g", "-fsanitize=fuzzer-no-link,address,undefined", "-fno-sanitize-recover=all",
        },
        .link_flags = &.{"-fsanitize=fuzzer"},
    });
    var last: *Step = &b.addFail("there is no tests/fuzz/*_fuzz.c to run").step;
    for (project.sources.fuzz, 0..) |source, i| {
        const corpus = b.fmt("zig-out/fuzz/{s}", .{stem(source)});
        const make_corpus = b.addSystemCommand(&.{ "mkdir", "-p", corpus });
        make_corpus.setCwd(b.path("."));
        make_corpus.has_side_effects = true;
        if (i > 0) make_corpus.step.dependOn(last);

        const run = Run.create(b, b.fmt("fuzz {s}", .{stem(source)}));
        compiler.pass_program(source, run);
        run.setCwd(b.path("."));
        run.stdio = .inherit;
        run.addArg(b.fmt("-max_total_time={d}", .{project.seconds}));
        run.addArgs(&.{ "-timeout=10", "-print_final_stats=1", "-artifact_prefix=zig-out/fuzz/" });
        if (project.sources.dictionaries.len > 0)
            run.addArg(b.fmt("-dict={s}", .{project.sources.dictionaries[0]}));
        run.addArg(corpus);
        if (project.sources.has_corpus) run.addArg("tests/fuzz/corpus");
        run.step.dependOn(&make_corpus.step);
        last = &run.step;
    }
    return last;
}

/// As far as Zig can: objects, without libFuzzer's main.
pub fn add_fuzz_objects(project: Project, step: *Step) void {
    for (project.sources.fuzz) |source| {
        const module = project.add_module(.Debug);
        module.addCSourceFile(.{ .file = project.b.path(source), .flags = &flags.c });
        const object = project.b.addObject(.{ .name = stem(source), .root_module = module });
        step.dependOn(&object.step);
    }
}

/// The generated lexers are left out: re2c's states are not ours to reach.
pub fn add_coverage(project: Project, runner: *Compile) *Step {
    const b = project.b;
    const directory = "zig-out/coverage";
    const compiler: SystemCompiler = .init(project, .{
        .compiler = "gcc",
        .flags = &.{ "-O0", "-g", "--coverage", "-fprofile-update=atomic" },
        .object_directory = directory,
    });
    const tests = add_test_run(project, runner, &.{});
    tests.addArgs(&.{ "--build", "gcc-coverage" });
    add_system_group(project, tests, compiler, project.sources.tests);

    const report = b.addSystemCommand(&.{ "gcovr", "--root", ".", "--print-summary" });
    report.addArgs(&.{ "--filter", "compiler/", "--filter", "runtime/" });
    report.addArgs(&.{ "--exclude", "compiler/lexer_.*\\.(c|re)", directory });
    report.setName("gcovr");
    report.setCwd(b.path("."));
    report.stdio = .inherit;
    report.step.dependOn(&tests.step);
    return &report.step;
}

/// bench/*.c, built for speed, and what they use of tests/support/.
pub fn add_bench_programs(project: Project, products: Products) []const *Compile {
    const support = project.add_library(.ReleaseFast, "bench_support", project.sources.bench_support);
    const tests = project.add_library(.ReleaseFast, "support", project.sources.support);
    const generated = project.add_library(.ReleaseFast, "generated", project.sources.generated);
    const sources = project.sources.bench;
    const programs = project.b.allocator.alloc(*Compile, sources.len) catch @panic("OOM");
    for (programs, sources) |*program, source| {
        program.* = project.add_program(.ReleaseFast, stem(source), source, &.{
            support, tests, generated, products.compiler, products.library,
        });
    }
    return programs;
}

/// One after another, so that none disturbs the next.  INLAY is the command, INLAY_DIST inlay.c.
pub fn add_bench(project: Project, products: Products, programs: []const *Compile) *Step {
    const b = project.b;
    var last: *Step = &b.addFail("there is no bench/*.c to run").step;
    for (programs, 0..) |program, i| {
        const run = b.addSystemCommand(&.{ "env", "MIGRATION_CACHE_TTL=0" });
        run.setName(b.fmt("bench {s}", .{program.name}));
        if (products.command) |command| run.addPrefixedArtifactArg("INLAY=", command);
        run.addPrefixedFileArg("INLAY_DIST=", project.amalgamation);
        run.addArtifactArg(program);
        run.setCwd(b.path("."));
        run.stdio = .inherit;
        if (i > 0) run.step.dependOn(last);
        last = &run.step;
    }
    return last;
}
