/* c.h - what main.zig and schema.zig have as @import("c"). */
#include "app_migrations.h"
#include <sqlite3.h>
