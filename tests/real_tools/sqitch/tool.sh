# As Debian has it.
version=debian

install() {
	debian sqitch sqlite3 postgresql-client libdbd-sqlite3-perl libdbd-pg-perl
}

migrate() {
	case $dialect in
	sqlite) engine=sqlite target="db:sqlite:$SQLITE" ;;
	postgres) engine=pg target="db:pg://$server" ;;
	esac
	(cd "$directory" && printf '[core]\n\tengine = %s\n' $engine >sqitch.conf &&
		SQITCH_FULLNAME=Alice SQITCH_EMAIL=alice@example.org sqitch deploy "$target")
}
