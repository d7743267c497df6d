version=0.10.0

install() {
	rust refinery_cli postgresql,sqlite-bundled
}

migrate() {
	case $dialect in
	sqlite) url="sqlite://$SQLITE" && : >>"$SQLITE" ;;
	postgres) url="postgres://$server?sslmode=disable" ;;
	esac
	DATABASE_URL=$url "$home/bin/refinery" migrate -e DATABASE_URL -p "$directory"
}
