# Active Record as Debian has it: migrate.rb calls it.
version=debian

install() {
	debian ruby-activerecord ruby-pg ruby-sqlite3
}

migrate() {
	/usr/bin/ruby "$here/rails/migrate.rb" $dialect "$directory"
}
