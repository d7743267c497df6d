/*
 * traps.c - the table.  Where psql and the server's grammar disagree, the grammar is right: it is
 * what runs. What neither can judge is in split_test.c alone.
 */
#include "traps.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define LINES    "psql lexes line by line, and forgets how a string before the line end was read"
#define COUNTS   "psql counts the words BEGIN, CASE and END wherever they stand"
#define STOPS    "psql stops reading when the first statement after COPY's data is empty"
#define FROM     "psql takes a table's name for the word FROM, and ends with an error"
#define ORDER    "psql takes the data first, and then the rest of COPY's line"
#define SAME     "psql looks at the setting once a line"
#define SETTING  "a parser does not run SET"
#define DATA     "a parser does not know COPY's data"
#define COMMENTS "libpg_query 15 does not join strings across comments"
#define ERRORS   "an error to the grammar"

const struct trap postgres_traps[] = {
	/* Strings. */
	{ "select 'a;b'; select 2", NULL, NULL },
	{ "select 'it''s;'; select 2", NULL, NULL },
	{ "select 'C:\\'; select 2", NULL, NULL },
	{ "select E'a\\';b'; select 2", NULL, NULL },
	{ "select E'a''b;\\\\'; select 2", NULL, NULL },
	{ "select U&'a\\0061;'; select U&\"a;\"", NULL, NULL },
	{ "select N'a;'; select N'\\'", NULL, NULL },
	{ "select B'01', X'1f'; select 2", NULL, NULL },
	{ "select date'2024-01-01\\'; select 2", NULL, NULL },
	{ "select 'a'\n'b;'; select 2", NULL, NULL },
	{ "select 'a'\r\n'b;'; select 2", NULL, NULL },
	{ "select 'a' -- it's;\n'b;'; select 2", NULL, COMMENTS },
	{ "select E'a'\n'b\\'c;d'; select 2", LINES, NULL },
	{ "select U&'a'\n'b\\'; select 2", NULL, ERRORS },
	{ "select \"a;b\" from \"c\"\"d;\"; select 2", NULL, NULL },
	/* Dollar quotes. */
	{ "select $$a;b$$; select 2", NULL, NULL },
	{ "select $1$$;$$; select 2", NULL, ERRORS },
	{ "select $A$ $a$;$a$ $A$; select 2", NULL, NULL },
	{ "select $ä$;$ä$; select 2", NULL, NULL },
	{ "select $a$ $b$;$b$ $a $a$; select 2", NULL, NULL },
	{ "select a$$b; select c$$d", NULL, NULL },
	{ "select $a$$$;$a$; select 2", NULL, NULL },
	{ "call f('x', $$ BEGIN a; END $$); select 2", NULL, NULL },
	{ "do $do$ begin perform 1; end $do$; select 2", NULL, NULL },
	/* Comments and operators. */
	{ "select 1 /* a; /* b; */ c; */; select 2", NULL, NULL },
	{ "select 1 -- a;\n; select 2", NULL, NULL },
	{ "select 1 -- a\r; select 2", NULL, NULL },
	{ "select 1 --\n; select 2 --", NULL, NULL },
	{ "select 1 +-- a;\n2; select 2", NULL, NULL },
	{ "select 2 */* a; */3; select 2", NULL, NULL },
	{ "select 2 @-/* a; */3; select 2", NULL, NULL },
	{ "select 1 /* ' */; select '/*'; select 2 -- ' */", NULL, NULL },
	{ "/*/ ; /**/ */ select 1; select 2", NULL, NULL },
	/* Ends. */
	{ "select 1", NULL, NULL },
	{ ";;select 1;; ;select 2;;", NULL, NULL },
	{ "-- nothing\n/* at; all */\n", NULL, NULL },
	{ "select 1;\r\n-- a;\r\nselect 2;\r\n", NULL, NULL },
	{ "select 1; -- a\nselect 2 /* b */", NULL, NULL },
	{ "\xef\xbb\xbfselect 1; select 2", NULL, "libpg_query takes the mark for a name" },
	/* Parentheses. */
	{ "create rule r as on insert to t do (select 1; select 2;); select 3", NULL, NULL },
	{ "create rule r as on insert to t do also (;;select 1); select 3", NULL, NULL },
	{ "select (1; select 2); select 3", NULL, ERRORS },
	{ "select 1); select 2", NULL, ERRORS },
	{ "select (1; select 2", NULL, ERRORS },
	/* BEGIN ATOMIC. */
	{ "create function f() returns int begin atomic select 1; select 2; end; select 3", NULL,
	  NULL },
	{ "create or replace procedure f() begin /* x */ atomic ;; END; select 3", NULL, NULL },
	{ "create function f() returns int begin atomic end; select 3", NULL, NULL },
	{ "create function f() returns int begin atomic select case when true then 1 end; END; "
	  "select 3", NULL, NULL },
	{ "create function f() returns int begin atomic select case 1 when 2 then case 3 when "
	  "4 then 5 end end; end; select 3", NULL, NULL },
	{ "create function f() returns int begin atomic select (case when true then 1 end); "
	  "end; select 3", NULL, NULL },
	{ "create function f() returns int begin atomic select 1 as end; end; select 3", COUNTS,
	  NULL },
	{ "create function f() returns int begin atomic select t.end from t; end; select 3", COUNTS,
	  NULL },
	{ "create function begin() returns int begin atomic select 1; end; select 3", COUNTS,
	  NULL },
	{ "create function begin() returns int language sql as 'x'; select 3", COUNTS, NULL },
	{ "create function f() returns int begin atomic select begin(); end; select 3", COUNTS,
	  NULL },
	{ "create function f(begin int) returns int begin atomic select 1; end; select 3", NULL,
	  NULL },
	{ "create function f() returns begin begin atomic select 1; end; select 3", COUNTS, NULL },
	{ "create function f() returns int begin atomic create function g() returns int begin "
	  "atomic select 1; end; select 2; end; select 3", NULL, NULL },
	{ "create function f() returns int language sql as $$ begin; $$; select 3", NULL, NULL },
	{ "create function \"create\"() returns int begin atomic select 1; end; select 3", NULL,
	  NULL },
	{ "create function f() returns int begin atomic update t set \"end\" = 1; end; select 3",
	  NULL, NULL },
	{ "begin; select 1; end; select 3", NULL, NULL },
	{ "create view begin as select 1; select 3", NULL, NULL },
	/* Settings. */
	{ "set standard_conforming_strings = off;\nselect 'a\\';b'; select 2", NULL, SETTING },
	{ "set standard_conforming_strings = off; select 'a\\';b'; select 2", SAME, SETTING },
	{ "SET LOCAL Standard_Conforming_Strings TO 'off';\nselect 'a\\';b'", NULL, SETTING },
	{ "select set_config('standard_conforming_strings', 'off', false);\nselect 'a\\';b'", NULL,
	  SETTING },
	{ "set standard_conforming_strings = off;\nreset standard_conforming_strings;\nselect "
	  "'\\'; select 2", NULL, NULL },
	{ "set standard_conforming_strings = off;\nreset all;\nselect '\\'; select 2", NULL, NULL },
	{ "alter role r set standard_conforming_strings = off;\nselect '\\'; select 2", NULL,
	  NULL },
	/* COPY. */
	{ "copy t from stdin;\n1\t;'\n\\.\nselect 1;", NULL, DATA },
	{ "copy t (a, b) from stdin with (format csv);\r\n1,'\r\n\\.\r\nselect 1;", NULL, DATA },
	{ "COPY t FROM STDOUT;\n/*\n\\.\nselect 1;", NULL, DATA },
	{ "copy s.from from stdin; -- x;\n$$\n\\.\nselect 1;", FROM, DATA },
	{ "copy s.t from stdin; -- x;\n$$\n\\.\nselect 1;", NULL, DATA },
	{ "copy t from stdin;\n \\.\n\\. \n\\.x\n\\.\nselect 1;", NULL, DATA },
	{ "copy t from stdin;\nselect 1;\n", NULL, DATA },
	{ "copy t from stdin;", NULL, DATA },
	{ "copy t from stdin;\n1\n\\.\n;\nselect 1;\n", STOPS, DATA },
	{ "copy t from stdin; select 1;\n1\n\\.\nselect 2;", ORDER, DATA },
	{ "copy t from stdin; copy u from stdin;\n1\n\\.\n2\n\\.\nselect 2;", ORDER, DATA },
	{ "copy t to stdout;\nselect 1;", NULL, NULL },
	{ "copy (select a from stdin) to stdout;\nselect 1;",
	  "our recording server takes it for COPY FROM", NULL },
	{ "copy t from '/stdin';\nselect 1;", NULL, NULL },
};

const size_t postgres_trap_count = COUNT(postgres_traps);

const char *const sqlite_traps[] = {
	"select 'a;b', 'it''s;', \"a;b\", `c;d`, [e;f]; select 2",
	"select [a\";'`b;]; select 2",
	"select 'C:\\'; select 2",
	"select x'1f', X''; select 2",
	"select 1 /* a; /* b; */ + 2; select 3",
	"select 1 -- a\r; select 2\n; select 3",
	"select 1 -- a;\n; select 2",
	"select 1 /* a;",
	"select 1; /* a;",
	"select 1; --",
	"select 1;;;select 2",
	"select $a(;), $a::b(;'), :a, @b, #c, ?1; select 2",
	"select $$; select 2",
	"select 1 as a$b; select 2",
	"select a -> 'b;', a ->> 'c;' from t; select 2",
	"begin; select 1; end; select 2",
	"create table begin(a); select 1",
	"select (1; select 2",
	"create trigger g after insert on t begin select 1; select 2; end; select 3",
	"create trigger g after insert on t begin select case when 1 then 2 end; end; select 3",
	("create trigger g after insert on t begin select case 1 when 2 then case 3 when 4 then 5 "
	 "end end; end; select 3"),
	"create trigger g after insert on t begin select 1; end /* x; */ -- y;\n ; select 3",
	"create trigger g after insert on t begin select 1; /* x; */ end; select 3",
	"create trigger g after insert on t begin select 1 as \"end\"; end; select 3",
	"create trigger begin after insert on t begin select 1; end; select 3",
	"create trigger \"end\" after insert on t begin select 1; end; select 3",
	"create temp trigger g after insert on t begin select 1; end; select 3",
	"create temporary trigger if not exists g after insert on t begin select 1; end; select 3",
	"explain create trigger g after insert on t begin select 1; end; select 3",
	"explain query plan create temp trigger g after insert on t begin select 1; end; select 3",
	"create trigger g after insert on t when new.a in (1, 2) begin select 1; end; select 3",
	"create trigger g after insert on t begin select 1; end",
	"create trigger g; select 3",
	"create view trigger as select 1; select 3",
	"\xef\xbb\xbfselect 1; select 2",
	"select 1;\r\nselect 2;\r\n",
	"-- nothing\n",
};

const size_t sqlite_trap_count = COUNT(sqlite_traps);
