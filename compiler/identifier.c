/* identifier.c - the names that C, C++ and inlay.h have taken already. */
#include "identifier.h"

#include <string.h>

/* Keywords of C up to C23 and C++ up to C++20, names of <stdint.h> and
 * the like, macros that compilers and headers have, and main. */
/* clang-format off */
static const char *const reserved[] = {
	"alignas", "alignof", "and", "and_eq", "asm", "auto", "bitand", "bitor", "bool", "break",
	"case", "catch", "char", "char16_t", "char32_t", "char8_t", "class", "co_await",
	"co_return", "co_yield", "compl", "concept", "const", "const_cast", "consteval",
	"constexpr", "constinit", "continue", "decltype", "default", "delete", "do", "double",
	"dynamic_cast", "else", "enum", "explicit", "export", "extern", "false", "float", "for",
	"friend", "goto", "if", "inline", "int", "long", "mutable", "namespace", "new",
	"noexcept", "not", "not_eq", "nullptr", "operator", "or", "or_eq", "private",
	"protected", "public", "register", "reinterpret_cast", "requires", "restrict", "return",
	"short", "signed", "sizeof", "static", "static_assert", "static_cast", "struct",
	"switch", "template", "this", "thread_local", "throw", "true", "try", "typedef",
	"typeid", "typename", "typeof", "typeof_unqual", "union", "unsigned", "using", "virtual",
	"void", "volatile", "wchar_t", "while", "xor", "xor_eq", "linux", "unix", "i386", "NULL",
	"EOF", "errno", "ensure_migrated", "ensure_migrated_postgres", "ensure_migrated_sqlite",
	"inlay", "int16_t", "int32_t", "int64_t",
	"int8_t", "main", "offsetof", "ptrdiff_t", "size_t", "uint16_t", "uint32_t", "uint64_t",
	"uint8_t",
};
/* clang-format on */

static bool is_reserved(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (strcmp(name, reserved[i]) == 0)
			return true;
	return false;
}

bool identifier_is_free(const char *name)
{
	size_t i;

	for (i = 0; name[i] != '\0'; i++) {
		char byte = name[i];
		bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
		              (byte == '_' && i > 0);

		if (!letter && (i == 0 || byte < '0' || byte > '9'))
			return false;
	}
	return i > 0 && i <= IDENTIFIER_SIZE_MAX && !is_reserved(name) &&
	       strncmp(name, "inlay_", 6) != 0 && strncmp(name, "INLAY_", 6) != 0;
}
