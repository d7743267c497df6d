version=2.3.14

install() {
	rust diesel_cli postgres,sqlite
}

migrate() {
	case $dialect in
	sqlite) url=$SQLITE ;;
	postgres) url="postgres://$server?sslmode=disable" ;;
	esac
	"$home/bin/diesel" migration run --database-url "$url" --migration-dir "$directory"
}
