//! How inlay is built.  Artifacts first, steps last: `build` is the table of contents, each
//! function below it or in build/ makes one product, `./zigw build --list-steps` is the menu.
//! Files are found by looking (build/sources.zig): adding one needs no edit here.

const std = @import("std");
const builtin = @import("builtin");
const cross = @import("build/cross.zig");
const dist = @import("build/dist.zig");
const install = @import("build/install.zig");
const migrations = @import("build/migrations.zig");
const tests = @import("build/tests.zig");
const stem = @import("build/sources.zig").stem;
const Project = @import("build/project.zig").Project;
const Products = @import("build/project.zig").Products;
const add_installed = @import("build/project.zig").add_installed;
const Compile = std.Build.Step.Compile;
const Run = std.Build.Step.Run;

/// In the build.zig of an application that has this package as a dependency; build/migrations.zig
/// says what it does.
pub fn addMigrations(b: *std.Build, options: migrations.Options) migrations.Migrations {
    return migrations.add(b, b.dependencyFromBuildZig(@This(), .{}), options);
}

pub fn build(b: *std.Build) void {
    comptime check_zig_version();
    const project: Project = .init(b, @import("build.zig.zon").version);

    // Artifacts: what is shipped, the same with all checks for the tests, and the same for speed.
    const shipped: Products = .init(project, project.optimize);
    const checked: Products = .init(project, .Debug);
    const fast: Products = .init(project, .ReleaseFast);
    const sources = project.sources;
    const test_programs = tests.add_tests(project, checked, sources.tests);
    const product_programs = tests.add_tests(project, checked, sources.product_tests);
    // Other migration tools, from their registries: not a part of the tests, which need nobody else.
    const tool_programs = tests.add_tests(project, checked, sources.tool_tests);
    const bench_programs = tests.add_bench_programs(project, fast);
    const runner = tests.add_runner(project);
    const lexers = add_lexers(project);
    const generated = add_generated(project, checked);
    const fresh = std.mem.concat(b.allocator, tests.Fresh, &.{ lexers, generated }) catch
        @panic("OOM");

    // ./zigw build
    install.add(project, shipped, b.getInstallStep(), "");

    // ./zigw build dist
    const packed_up = b.step("dist", "The runtime as one file, and tarballs: zig-out/dist/");
    dist.install(project, packed_up, "dist");
    dist.offer(project, migrations.runtime_name);

    // ./zigw build deb
    const deb = b.step("deb", "Debian packages of what is installed: zig-out/deb/");
    deb.dependOn(&install.add_deb(project, shipped).step);

    // ./zigw build cross
    const others = b.step("cross", "The command for other systems: zig-out/cross/TARGET/bin/");
    cross.add(project, others);

    // ./zigw build demo
    const demo = b.step("demo", "Run the worked example: from migrations to a running program");
    demo.dependOn(&add_demo(project, shipped).step);

    // ./zigw build test
    const test_all = b.step("test", "Run every check, in every build; ends with the sum");
    const all_run = tests.add_test_run(project, runner, fresh);
    add_product_group(project, all_run, checked, shipped, product_programs);
    const short_programs = tests.without_long(project, test_programs);
    tests.add_zig_group(all_run, "zig-ubsan", checked, short_programs);
    tests.add_sanitizer_group(project, all_run);
    tests.add_valgrind_group(project, all_run);
    tests.add_thread_group(project, all_run);
    test_all.dependOn(&all_run.step);

    // ./zigw build test-fast
    const test_fast = b.step("test-fast", "Run the checks in the quickest build (-Donly=name)");
    const fast_run = tests.add_test_run(project, runner, fresh);
    add_product_group(project, fast_run, checked, shipped, product_programs);
    tests.add_zig_group(fast_run, "zig-ubsan", checked, test_programs);
    test_fast.dependOn(&fast_run.step);

    // ./zigw build test-tools
    const test_tools = b.step("test-tools", "Adopt databases of real other tools (ONLY_TOOL=name)");
    const tools_run = tests.add_test_run(project, runner, &.{});
    tools_run.addArgs(&.{ "--timeout", "5400" }); // To build some of them takes minutes.
    tests.add_zig_group(tools_run, "zig-ubsan", checked, tool_programs);
    test_tools.dependOn(&tools_run.step);

    // ./zigw build compare-tools
    const compare = b.step("compare-tools", "Run docs/decisions/why-inlay.md's matrix");
    const compare_run = b.addSystemCommand(&.{ "python3", "tests/real_tools/compare/compare.py" });
    add_installed(compare_run, "", "");
    compare_run.step.dependOn(b.getInstallStep());
    compare.dependOn(&compare_run.step);

    // ./zigw build check
    const check = b.step("check", "Compile everything, run nothing");
    check.dependOn(&runner.step);
    for (test_programs) |program| check.dependOn(&program.step);
    for (product_programs) |program| check.dependOn(&program.step);
    for (tool_programs) |program| check.dependOn(&program.step);
    for (bench_programs) |program| check.dependOn(&program.step);
    if (shipped.library) |library| check.dependOn(&library.step);
    if (shipped.command) |command| check.dependOn(&command.step);
    if (checked.command) |command| check.dependOn(&command.step);
    tests.add_fuzz_objects(project, check);

    // ./zigw build generate, lexers, golden: rewrite what is committed
    const generate = b.step("generate", "Rewrite generated/ from migrations/");
    generate.dependOn(&add_generate(project, shipped).step);
    const lex = b.step("lexers", "Rewrite compiler/lexer_*.c from the .re files beside them");
    lex.dependOn(&add_update(project, lexers).step);
    const golden = b.step("golden", "Rewrite what tests/golden/ expects; the diff is the review");
    golden.dependOn(tests.add_golden(project, runner, checked, test_programs));

    // ./zigw build fuzz, coverage, bench
    const fuzz = b.step("fuzz", "Fuzz each target of tests/fuzz/ with libFuzzer (-Dseconds=60)");
    fuzz.dependOn(tests.add_fuzz(project));
    const coverage = b.step("coverage", "Print which lines the tests reach");
    coverage.dependOn(tests.add_coverage(project, runner));
    const bench = b.step("bench", "Run each program of bench/, built for speed");
    bench.dependOn(tests.add_bench(project, fast, bench_programs));
}

/// tests/product/, with all that is handed out.
fn add_product_group(
    project: Project,
    run: *Run,
    checked: Products,
    shipped: Products,
    programs: []const *Compile,
) void {
    tests.add_zig_group(run, "product", checked, programs);
    install.give_to_tests(project, checked, shipped, run);
    dist.give_to_tests(project, run);
    cross.give_to_tests(project, run);
}

/// examples/demo/run.sh in a shell: INLAY is the command, CC compiles and links C, INLAY_INCLUDE
/// has the public headers, INLAY_LIBRARY is libinlay.a; paths are absolute.  CC is two words
/// without a directory, which could contain spaces: Zig's directory is put in PATH.
fn add_demo(project: Project, products: Products) *Run {
    const b = project.b;
    const run = b.addSystemCommand(&.{
        "sh",   "-euc",
        \\PATH=$(dirname "$1"):$PATH CC="$(basename "$1") cc" INLAY=$(realpath "$2")
        \\INLAY_LIBRARY=$(realpath "$3") INLAY_INCLUDE=$(realpath "$4")
        \\export PATH CC INLAY INLAY_LIBRARY INLAY_INCLUDE
        \\exec sh examples/demo/run.sh
        ,
        "demo",
    });
    run.setName("examples/demo/run.sh");
    run.setCwd(b.path("."));
    run.stdio = .inherit;
    run.addArg(b.graph.zig_exe);
    if (products.command) |command| run.addArtifactArg(command);
    if (products.library) |library| {
        run.addArtifactArg(library);
        run.addDirectoryArg(library.getEmittedIncludeTree());
    }
    run.step.dependOn(b.getInstallStep());
    return run;
}

/// Fresh lexers, by the command that the first lines of each .re file give.
fn add_lexers(project: Project) []const tests.Fresh {
    const b = project.b;
    const files = b.allocator.alloc(tests.Fresh, project.sources.lexers.len) catch @panic("OOM");
    for (files, project.sources.lexers) |*file, source| {
        const run = b.addSystemCommand(&.{
            "re2c", "-W", "-Werror", "-b", "-i", "--no-generation-date", "--no-version", "-o",
        });
        const output = run.addOutputFileArg(b.fmt("{s}.c", .{stem(source)}));
        run.addFileArg(b.path(source));
        file.* = .{
            .committed = b.fmt("compiler/{s}.c", .{stem(source)}),
            .fresh = output,
            .remedy = "./zigw build lexers",
        };
    }
    return files;
}

fn add_update(project: Project, files: []const tests.Fresh) *std.Build.Step.UpdateSourceFiles {
    const update = project.b.addUpdateSourceFiles();
    for (files) |file| update.addCopyFileToSource(file.fresh, file.committed);
    return update;
}

/// What the command makes of migrations/ today.
fn add_generated(project: Project, products: Products) []const tests.Fresh {
    const b = project.b;
    const command = products.command orelse return &.{};
    if (project.sources.migrations.len == 0) return &.{};
    const run = b.addRunArtifact(command);
    run.setCwd(b.path("."));
    run.addArgs(&.{ "compile", "--quiet", "migrations", "-o" });
    const source = run.addOutputFileArg("app_migrations.c");
    for (project.sources.migrations) |path| run.addFileInput(b.path(path));

    const names = [_][]const u8{ "app_migrations.c", "app_migrations.h" };
    const files = b.allocator.alloc(tests.Fresh, names.len) catch @panic("OOM");
    for (files, names) |*file, name| file.* = .{
        .committed = b.fmt("generated/{s}", .{name}),
        .fresh = source.dirname().path(b, name),
        .remedy = "./zigw build generate",
    };
    return files;
}

/// In place, as a user would: the lock file is brought up to date as well.
fn add_generate(project: Project, products: Products) *Run {
    const b = project.b;
    const command = products.command orelse return b.addSystemCommand(&.{"inlay"});
    const run = b.addRunArtifact(command);
    run.setCwd(b.path("."));
    run.addArgs(&.{ "compile", "migrations", "-o", "generated/app_migrations.c" });
    run.has_side_effects = true;
    return run;
}

fn check_zig_version() void {
    const version = builtin.zig_version;
    if (version.major == 0 and (version.minor == 16 or version.minor == 17)) return;
    @compileError("inlay is built with Zig 0.16.0 or 0.17.0, and this is Zig " ++
        builtin.zig_version_string ++ ". `./zigw build` fetches the right one.");
}
