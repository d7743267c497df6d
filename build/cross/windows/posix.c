/* posix.c - files, strings and terminals by what Windows has for them. */
#include "posix.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
/* The real ones. */
#undef gethostname
#undef isatty
#undef open
#undef pollfd
#undef rename
#undef stat

/* Behind that: it declares some of them. */
#include <winsock2.h>

#include <windows.h>

/* --- Files --- */

int windows_open(const char *path, int flags, ...)
{
	bool is_nowhere = strcmp(path, "/dev/null") == 0;
	DWORD attributes = is_nowhere ? 0 : GetFileAttributesA(path);
	va_list arguments;
	int mode = 0;

	if ((flags & O_CREAT) != 0) {
		va_start(arguments, flags);
		mode = va_arg(arguments, int);
		va_end(arguments);
	}
	if (attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0) {
		errno = EISDIR;
		return -1;
	}
	return _open(is_nowhere ? "NUL" : path, flags | _O_BINARY, mode & (_S_IREAD | _S_IWRITE));
}

static HANDLE open_any(const char *path)
{
	return CreateFileA(path, 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
	                   OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
}

/* What CRT's stat() leaves 0, in the bits that its fields have. */
static void identify(const char *path, struct stat *status)
{
	BY_HANDLE_FILE_INFORMATION information;
	HANDLE file = open_any(path);

	if (file == INVALID_HANDLE_VALUE)
		return;
	if (GetFileInformationByHandle(file, &information)) {
		uint64_t mixed =
		        ((uint64_t)information.nFileIndexHigh << 32 | information.nFileIndexLow) *
		                UINT64_C(0x9E3779B97F4A7C15) ^
		        information.dwVolumeSerialNumber;

		status->st_dev = (unsigned)(mixed >> 32);
		status->st_ino = (unsigned short)mixed;
	}
	(void)CloseHandle(file);
}

int windows_stat(const char *path, struct stat *status)
{
	size_t size = strlen(path);
	char *trimmed = windows_strndup(path, size);
	int result;

	if (trimmed == NULL)
		return -1;
	/* "C:/" keeps its slash. */
	while (size > 1 && strchr("/\\", trimmed[size - 1]) != NULL && trimmed[size - 2] != ':')
		trimmed[--size] = '\0';
	result = stat(trimmed, status);
	if (result == 0)
		identify(trimmed, status);
	free(trimmed);
	return result;
}

static int fail_as_windows(void)
{
	switch (GetLastError()) {
	case ERROR_FILE_NOT_FOUND:
	case ERROR_PATH_NOT_FOUND: errno = ENOENT; break;
	case ERROR_ACCESS_DENIED:
	case ERROR_SHARING_VIOLATION: errno = EACCES; break;
	case ERROR_DISK_FULL: errno = ENOSPC; break;
	default: errno = EIO;
	}
	return -1;
}

int windows_rename(const char *from, const char *to)
{
	if (MoveFileExA(from, to, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH))
		return 0;
	return fail_as_windows();
}

char *windows_realpath(const char *path, char *resolved)
{
	static const char verbatim[] = "\\\\?\\";
	HANDLE file = open_any(path);
	char name[32768];
	DWORD size;
	char *start = name;

	if (resolved != NULL || file == INVALID_HANDLE_VALUE) {
		(void)fail_as_windows();
		return NULL;
	}
	size = GetFinalPathNameByHandleA(file, name, sizeof(name), 0);
	(void)CloseHandle(file);
	if (size == 0 || size >= sizeof(name)) {
		(void)fail_as_windows();
		return NULL;
	}
	if (strncmp(name, verbatim, sizeof(verbatim) - 1) == 0 && name[5] == ':')
		start += sizeof(verbatim) - 1;
	for (char *at = start; *at != '\0'; at++)
		if (*at == '\\')
			*at = '/';
	return windows_strndup(start, strlen(start));
}

ssize_t windows_pread(int file, void *bytes, size_t size, off_t at)
{
	OVERLAPPED place = { .Offset = (DWORD)at, .OffsetHigh = (DWORD)((uint64_t)at >> 32) };
	DWORD got = 0;

	if (size > INT32_MAX)
		size = INT32_MAX;
	if (ReadFile((HANDLE)_get_osfhandle(file), bytes, (DWORD)size, &got, &place) ||
	    GetLastError() == ERROR_HANDLE_EOF)
		return (ssize_t)got;
	return fail_as_windows();
}

int windows_gethostname(char *name, size_t size)
{
	DWORD room = (DWORD)size;

	return GetComputerNameExA(ComputerNameDnsHostname, name, &room) ? 0 : fail_as_windows();
}

/* --- Patterns --- */

/* "[a-z]", "[!a]": *end is behind it; NULL where it is none. */
static bool is_in_set(const char *pattern, char byte, const char **end)
{
	bool is_not = *pattern == '!' || *pattern == '^';
	const char *at = pattern + is_not;
	bool found = false;

	*end = NULL;
	do {
		char first = *at++;
		char last = first;

		if (first == '\0')
			return false;
		if (at[0] == '-' && at[1] != ']' && at[1] != '\0') {
			last = at[1];
			at += 2;
		}
		found = found || (byte >= first && byte <= last);
	} while (*at != ']');
	*end = at + 1;
	return found != is_not;
}

int windows_fnmatch(const char *pattern, const char *text, int flags)
{
	const char *end;

	for (; *pattern != '\0'; pattern++, text++) {
		if (*pattern == '*') {
			do
				if (windows_fnmatch(pattern + 1, text, flags) == 0)
					return 0;
			while (*text++ != '\0');
			return 1;
		}
		if (*text == '\0')
			return 1;
		if (*pattern == '[') {
			bool is_in = is_in_set(pattern + 1, *text, &end);

			if (end != NULL && !is_in)
				return 1;
			if (end != NULL) {
				pattern = end - 1;
				continue;
			}
		} else if (*pattern == '?') {
			continue;
		} else if (*pattern == '\\' && pattern[1] != '\0') {
			pattern++;
		}
		if (*pattern != *text)
			return 1;
	}
	return *text != '\0';
}

/* --- Strings and the environment --- */

char *windows_strndup(const char *text, size_t size)
{
	size_t length = strnlen(text, size);
	char *copy = malloc(length + 1);

	if (copy == NULL)
		return NULL;
	memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

int windows_setenv(const char *name, const char *value, int overwrite)
{
	if (!overwrite && getenv(name) != NULL)
		return 0;
	return _putenv_s(name, value) == 0 ? 0 : -1;
}

/* --- Terminals --- */

int windows_isatty(int file)
{
	DWORD mode;

	return _isatty(file) && GetConsoleMode((HANDLE)_get_osfhandle(file), &mode);
}

int windows_ioctl(int file, unsigned long request, struct winsize *size)
{
	CONSOLE_SCREEN_BUFFER_INFO screen;

	if (request != TIOCGWINSZ ||
	    !GetConsoleScreenBufferInfo((HANDLE)_get_osfhandle(file), &screen)) {
		errno = ENOTTY;
		return -1;
	}
	size->ws_col = (unsigned short)(screen.srWindow.Right - screen.srWindow.Left + 1);
	size->ws_row = (unsigned short)(screen.srWindow.Bottom - screen.srWindow.Top + 1);
	return 0;
}

/* --- Sockets --- */

int windows_poll(struct windows_poll *sockets, unsigned count, int milliseconds)
{
	WSAPOLLFD wait = { .fd = (SOCKET)sockets->fd, .events = sockets->events };
	int ready = count == 1 ? WSAPoll(&wait, 1, milliseconds) : -1;

	sockets->revents = wait.revents;
	return ready;
}
