//! compiler/digest.h by Zig's library, where there is no libcrypto.

const std = @import("std");
const Sha256 = std.crypto.hash.sha2.Sha256;

const Algorithm = struct {
    name: []const u8,
    Hash: type,
};

const algorithms = [_]Algorithm{
    .{ .name = "MD5", .Hash = std.crypto.hash.Md5 },
    .{ .name = "SHA1", .Hash = std.crypto.hash.Sha1 },
    .{ .name = "SHA256", .Hash = Sha256 },
    .{ .name = "SHA384", .Hash = std.crypto.hash.sha2.Sha384 },
};

extern fn abort() noreturn;

export fn digest_new() *Sha256 {
    const digest = std.heap.c_allocator.create(Sha256) catch abort();
    digest.* = .init(.{});
    return digest;
}

export fn digest_free(digest: *Sha256) void {
    std.heap.c_allocator.destroy(digest);
}

export fn digest_restart(digest: *Sha256) void {
    digest.* = .init(.{});
}

export fn digest_add(digest: *Sha256, bytes: [*]const u8, size: usize) void {
    if (size > 0) digest.update(bytes[0..size]);
}

export fn digest_copy(to: *Sha256, from: *const Sha256) void {
    to.* = from.*;
}

export fn digest_finish(digest: *Sha256, result: *[Sha256.digest_length]u8) void {
    digest.final(result);
}

export fn digest_of(
    name: [*:0]const u8,
    bytes: ?[*]const u8,
    size: usize,
    result: [*]u8,
    result_size: *usize,
) bool {
    const text: []const u8 = if (bytes) |start| start[0..size] else "";
    inline for (algorithms) |algorithm| if (std.mem.eql(u8, std.mem.span(name), algorithm.name)) {
        result_size.* = algorithm.Hash.digest_length;
        algorithm.Hash.hash(text, result[0..algorithm.Hash.digest_length], .{});
        return true;
    };
    return false;
}

// The vectors of RFC 1321 and FIPS 180-4, in pieces and at once.

fn expect_digest(name: [*:0]const u8, hex: []const u8) !void {
    var result: [64]u8 = undefined;
    var size: usize = 0;
    try std.testing.expect(digest_of(name, "abc", 3, &result, &size));
    var expected: [64]u8 = undefined;
    try std.testing.expectEqualSlices(u8, try std.fmt.hexToBytes(&expected, hex), result[0..size]);
}

test digest_of {
    try expect_digest("MD5", "900150983cd24fb0d6963f7d28e17f72");
    try expect_digest("SHA1", "a9993e364706816aba3e25717850c26c9cd0d89d");
    try expect_digest("SHA256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    try expect_digest("SHA384", "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163" ++
        "1a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7");
    var result: [64]u8 = undefined;
    var size: usize = 0;
    try std.testing.expect(!digest_of("CRC32", "abc", 3, &result, &size));
}

test digest_copy {
    const digest = digest_new();
    defer digest_free(digest);
    const so_far = digest_new();
    defer digest_free(so_far);
    digest_add(digest, "ab", 2);
    digest_copy(so_far, digest);
    digest_add(so_far, "c", 1);
    var expected: [32]u8 = undefined;
    var result: [32]u8 = undefined;
    digest_finish(so_far, &expected);
    digest_restart(so_far);
    digest_add(so_far, "abc", 3);
    digest_finish(so_far, &result);
    try std.testing.expectEqualSlices(u8, &expected, &result);
}
