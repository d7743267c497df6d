//! How C is compiled here, whoever compiles it.

/// Strict with ourselves; none of this is asked of those who use the library or generated files.
pub const c = [_][]const u8{
    "-std=c11",
    "-D_POSIX_C_SOURCE=200809L",
    "-Wall",
    "-Wextra",
    "-Wpedantic",
    "-Wconversion",
    "-Wstrict-prototypes",
    "-Wmissing-prototypes",
    "-Wshadow",
    "-Werror",
};

/// What no public header declares is not to be seen outside a shared library.
pub const library = [_][]const u8{"-fvisibility=hidden"};

/// Where quoted includes are looked for, in this order.
pub const include_directories = [_][]const u8{ "compiler", "runtime", "tests/support", "." };

/// Where Debian keeps libpq-fe.h; elsewhere it is with the rest, or named by --search-prefix.
pub const client_directory = "/usr/include/postgresql";

/// What the command links, and every test.
pub const libraries = [_][]const u8{ "sqlite3", "pq", "crypto", "jansson" };
