version=0.9.0

install() {
	rust sqlx-cli postgres,sqlite
}

migrate() {
	case $dialect in
	sqlite) url="sqlite:$SQLITE?mode=rwc" ;;
	postgres) url="postgres://$server?sslmode=disable" ;;
	esac
	"$home/bin/sqlx" migrate run --source "$directory" --database-url "$url"
}
