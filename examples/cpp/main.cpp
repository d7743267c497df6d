/* main.cpp - brings its database up to date, writes a note, and says what is there. */
#include "app_migrations.h"

#include <inlay.hpp>
#include <sqlite3.h>

#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

namespace
{

struct close_database {
	void operator()(sqlite3 *database) const noexcept
	{
		sqlite3_close(database);
	}
};

using database_handle = std::unique_ptr<sqlite3, close_database>;

database_handle open_database(const char *path)
{
	sqlite3 *opened = nullptr;
	const int result = sqlite3_open(path, &opened);
	database_handle database(opened);

	if (result != SQLITE_OK)
		throw std::runtime_error(sqlite3_errstr(result));
	return database;
}

void execute(sqlite3 *database, const char *sql)
{
	if (sqlite3_exec(database, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
		throw std::runtime_error(sqlite3_errmsg(database));
}

void run(const char *path)
{
	const database_handle database = open_database(path);
	inlay::options options;

	options.on_event = [](const inlay_event &event) {
		if (event.kind == INLAY_EVENT_APPLIED)
			std::cout << "applied " << event.migration << '\n';
	};
	const inlay::report report = inlay::ensure(database.get(), app_migrations, options);
	std::cout << report.applied_count() << " applied\n";

	execute(database.get(), "INSERT INTO note (text, written_on) VALUES ('hello', date())");
	std::cout << sqlite3_last_insert_rowid(database.get()) << " written\n";

	for (const inlay::migration &row : inlay::status(database.get(), app_migrations))
		std::cout << row.filename << ": " << inlay_state_name(row.state) << '\n';
}

} // namespace

int main(int argc, char **argv)
{
	try {
		run(argc > 1 ? argv[1] : "app.db");
		return 0;
	} catch (const inlay::error &error) {
		if (error.line() > 0)
			std::cerr << error.result_name() << " at " << error.file() << ':'
			          << error.line() << '\n';
		std::cerr << error.what() << '\n';
	} catch (const std::exception &error) {
		std::cerr << error.what() << '\n';
	}
	return 1;
}
