//! The libraries of the command, compiled from source: for systems that are not this one.

const std = @import("std");
const without = @import("sources.zig").without;
const Compile = std.Build.Step.Compile;
const LazyPath = std.Build.LazyPath;
const Module = std.Build.Module;

/// SQLite, jansson, libpq without TLS, and digests: for Linux, macOS and
/// Windows.
pub const Bundled = struct {
    b: *std.Build,
    /// What fetch() made.
    sources: LazyPath,
    target: std.Build.ResolvedTarget,
    optimize: std.builtin.OptimizeMode,

    /// For what includes the libraries' headers.
    pub fn add_headers(bundled: Bundled, module: *Module) void {
        module.addSystemIncludePath(bundled.path("sqlite"));
        module.addSystemIncludePath(bundled.path("jansson/src"));
        module.addSystemIncludePath(bundled.path("jansson/android"));
        module.addSystemIncludePath(bundled.path("libpq/source/src/interfaces/libpq"));
        module.addSystemIncludePath(bundled.postgres_header("postgres_ext.h"));
        module.addSystemIncludePath(bundled.path("libpq/additional_include"));
    }

    pub fn link(bundled: Bundled, module: *Module) void {
        module.linkLibrary(bundled.sqlite());
        module.linkLibrary(bundled.jansson());
        module.linkLibrary(bundled.libpq());
        module.addObject(bundled.digests());
        if (bundled.is_windows()) for (windows_libraries) |name|
            module.linkSystemLibrary(name, .{ .use_pkg_config = .no });
    }

    fn is_windows(bundled: Bundled) bool {
        return bundled.target.result.os.tag == .windows;
    }

    fn path(bundled: Bundled, below: []const u8) LazyPath {
        return bundled.sources.path(bundled.b, below);
    }

    fn add_library(bundled: Bundled, name: []const u8) *Compile {
        return bundled.b.addLibrary(.{
            .name = name,
            .linkage = .static,
            .root_module = bundled.b.createModule(.{
                .target = bundled.target,
                .optimize = bundled.optimize,
                .link_libc = true,
                .sanitize_c = .off,
                .strip = true,
            }),
        });
    }

    fn sqlite(bundled: Bundled) *Compile {
        const library = bundled.add_library("sqlite3");
        library.root_module.addCSourceFile(.{
            .file = bundled.path("sqlite/sqlite3.c"),
            // As Debian's, in what inlay can meet.
            .flags = &.{
                "-DSQLITE_THREADSAFE=1",               "-DSQLITE_ENABLE_COLUMN_METADATA",
                "-DSQLITE_ENABLE_DBSTAT_VTAB",         "-DSQLITE_ENABLE_FTS3",
                "-DSQLITE_ENABLE_FTS4",                "-DSQLITE_ENABLE_FTS5",
                "-DSQLITE_ENABLE_RTREE",               "-DSQLITE_ENABLE_MATH_FUNCTIONS",
                "-DSQLITE_MAX_VARIABLE_NUMBER=250000",
            },
        });
        return library;
    }

    fn jansson(bundled: Bundled) *Compile {
        const library = bundled.add_library("jansson");
        const module = library.root_module;
        module.addIncludePath(bundled.path("jansson/android"));
        const files = bundled.b.addWriteFiles();
        _ = files.add("jansson_private_config.h", "");
        module.addIncludePath(files.getDirectory());
        module.addCSourceFiles(.{
            .root = bundled.path("jansson/src"),
            .files = &.{
                "dump.c",   "error.c",       "hashtable.c", "hashtable_seed.c", "load.c",
                "memory.c", "pack_unpack.c", "strbuffer.c", "strconv.c",        "utf.c",
                "value.c",  "version.c",
            },
            .flags = &.{ "-DHAVE_STDINT_H=1", "-DHAVE_UNISTD_H", "-DHAVE_GETPID" },
        });
        return library;
    }

    /// compiler/digest.h without libcrypto.
    fn digests(bundled: Bundled) *Compile {
        return bundled.b.addObject(.{
            .name = "digest",
            .root_module = bundled.b.createModule(.{
                .root_source_file = bundled.b.path("build/cross/digest.zig"),
                .target = bundled.target,
                .optimize = bundled.optimize,
                .link_libc = true,
                .strip = true,
            }),
        });
    }

    /// One header in a directory of its own, without what lies beside it there.
    fn postgres_header(bundled: Bundled, comptime name: []const u8) LazyPath {
        const files = bundled.b.addWriteFiles();
        _ = files.addCopyFile(bundled.path("libpq/source/src/include/" ++ name), name);
        return files.getDirectory();
    }

    /// As the crate's build.rs has it: without TLS, Kerberos and translations.
    fn libpq(bundled: Bundled) *Compile {
        const b = bundled.b;
        const os = bundled.target.result.os.tag;
        const library = bundled.add_library("pq");
        const module = library.root_module;
        const port = switch (os) {
            .macos => "darwin.h",
            .windows => "win32.h",
            else => "linux.h",
        };
        const config = b.addWriteFiles();
        _ = config.addCopyFile(
            bundled.path(b.fmt("libpq/source/src/include/port/{s}", .{port})),
            "pg_config_os.h",
        );
        for ([_][]const u8{ "source/src/port", "source/src/include", "additional_include" }) |it|
            module.addIncludePath(bundled.path(b.fmt("libpq/{s}", .{it})));
        module.addIncludePath(config.getDirectory());
        const of_windows = bundled.path("libpq/source/src/include/port/win32");
        if (os == .windows) module.addIncludePath(of_windows);
        const flags = switch (os) {
            .macos => &libpq_flags ++ &macos_flags,
            .windows => &libpq_flags ++ &windows_flags,
            else => if (bundled.target.result.abi.isMusl())
                &libpq_flags ++ &linux_flags ++ &[_][]const u8{ "-DSTRERROR_R_INT", "-DHAVE_TERMIOS_H" }
            else
                &libpq_flags ++ &linux_flags,
        };
        module.addCSourceFiles(.{
            .root = bundled.path("libpq/source/src"),
            .files = &libpq_files,
            .flags = flags,
        });
        module.addCSourceFiles(.{
            .root = bundled.path("libpq/source/src"),
            .files = switch (os) {
                .macos => &.{},
                .windows => &windows_files,
                else => &.{"port/getpeereid.c"},
            },
            .flags = flags,
        });
        return library;
    }
};

/// The compiler's files but digest.c, which asks libcrypto.
pub fn without_digests(b: *std.Build, files: []const []const u8) []const []const u8 {
    return without(b, files, &.{"compiler/digest.c"});
}

/// Runs when something is compiled from them.  In Zig's cache from then on.
pub fn fetch(b: *std.Build) LazyPath {
    const run = b.addSystemCommand(&.{"sh"});
    run.setName("build/cross/fetch.sh");
    run.addFileArg(b.path("build/cross/fetch.sh"));
    const output = run.addOutputDirectoryArg("sources");
    run.addFileInput(b.path("build/cross/Cargo.toml"));
    run.addFileInput(b.path("build/cross/Cargo.lock"));
    return output;
}

const libpq_flags = [_][]const u8{
    "-w",
    "-DFRONTEND",
    "-DPG_VERSION=\"18.6\"",
    "-DPG_VERSION_NUM=180006",
    "-DPG_VERSION_STR=\"PostgreSQL 18.6\"",
    "-DPG_MAJORVERSION=\"18\"",
    "-DPG_MAJORVERSION_NUM=18",
    "-DPG_MINORVERSION_NUM=6",
};

const linux_flags = [_][]const u8{ "-D_GNU_SOURCE", "-DHAVE_STRCHRNUL", "-DHAVE_STRSIGNAL" };

/// Apple's checked strlcat() is a macro, where libpq declares its own.
const macos_flags = [_][]const u8{ "-DHAVE_STRSIGNAL", "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=0" };

/// Its threads' functions are its own, and so are not to take the place of those of the system.
const windows_flags = [_][]const u8{
    "-DHAVE_SOCKLEN_T",
    "-D_POSIX_THREAD_SAFE_FUNCTIONS",
    "-Dpthread_self=pq_pthread_self",
    "-Dpthread_setspecific=pq_pthread_setspecific",
    "-Dpthread_getspecific=pq_pthread_getspecific",
    "-Dpthread_mutex_init=pq_pthread_mutex_init",
    "-Dpthread_mutex_lock=pq_pthread_mutex_lock",
    "-Dpthread_mutex_unlock=pq_pthread_mutex_unlock",
};

const windows_libraries = [_][]const u8{ "ws2_32", "secur32", "shell32", "advapi32", "bcrypt" };

const windows_files = [_][]const u8{
    "port/getpeereid.c",
    "port/win32common.c",
    "port/win32dlopen.c",
    "port/win32env.c",
    "port/win32error.c",
    "port/win32fdatasync.c",
    "port/win32fseek.c",
    "port/win32getrusage.c",
    "port/win32gettimeofday.c",
    "port/win32link.c",
    "port/win32ntdll.c",
    "port/win32pread.c",
    "port/win32pwrite.c",
    "port/win32security.c",
    "port/win32setlocale.c",
    "port/win32stat.c",
    "port/win32gai_strerror.c",
    "port/open.c",
    "port/dirmod.c",
    "port/inet_aton.c",
    "interfaces/libpq/pthread-win32.c",
    "interfaces/libpq/win32.c",
};

const libpq_files = [_][]const u8{
    "port/strlcat.c",
    "port/strlcpy.c",
    "port/snprintf.c",
    "port/pg_crc32c_sb8.c",
    "port/bsearch_arg.c",
    "port/chklocale.c",
    "port/inet_net_ntop.c",
    "port/noblock.c",
    "port/pg_bitutils.c",
    "port/pg_strong_random.c",
    "port/pgcheckdir.c",
    "port/pgmkdirp.c",
    "port/pgsleep.c",
    "port/pgstrcasecmp.c",
    "port/pgstrsignal.c",
    "port/pqsignal.c",
    "port/qsort.c",
    "port/quotes.c",
    "port/strerror.c",
    "port/tar.c",
    "port/explicit_bzero.c",
    "port/timingsafe_bcmp.c",
    "common/file_perm.c",
    "common/encnames.c",
    "common/base64.c",
    "common/scram-common.c",
    "common/ip.c",
    "common/jsonapi.c",
    "common/kwlookup.c",
    "common/link-canary.c",
    "common/md5_common.c",
    "common/percentrepl.c",
    "common/pg_get_line.c",
    "common/pg_lzcompress.c",
    "common/pg_prng.c",
    "common/pgfnames.c",
    "common/psprintf.c",
    "common/rmtree.c",
    "common/saslprep.c",
    "common/string.c",
    "common/stringinfo.c",
    "common/unicode_norm.c",
    "common/username.c",
    "common/wait_error.c",
    "common/wchar.c",
    "common/fe_memutils.c",
    "common/restricted_token.c",
    "common/sprompt.c",
    "common/logging.c",
    "common/cryptohash.c",
    "common/hmac.c",
    "common/md5.c",
    "common/sha1.c",
    "common/sha2.c",
    "interfaces/libpq/fe-auth-scram.c",
    "interfaces/libpq/fe-auth.c",
    "interfaces/libpq/fe-cancel.c",
    "interfaces/libpq/fe-connect.c",
    "interfaces/libpq/fe-exec.c",
    "interfaces/libpq/fe-lobj.c",
    "interfaces/libpq/fe-misc.c",
    "interfaces/libpq/fe-print.c",
    "interfaces/libpq/fe-protocol3.c",
    "interfaces/libpq/fe-secure.c",
    "interfaces/libpq/fe-trace.c",
    "interfaces/libpq/fe-auth-oauth.c",
    "interfaces/libpq/legacy-pqsignal.c",
    "interfaces/libpq/libpq-events.c",
    "interfaces/libpq/pqexpbuffer.c",
};
