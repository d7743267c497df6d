version=4.20.1

install() {
	golang -tags sqlite,postgres "github.com/golang-migrate/migrate/v4/cmd/migrate@v$version"
}

migrate() {
	case $dialect in
	sqlite) url="sqlite://$SQLITE" ;;
	postgres) url="postgres://$server?sslmode=disable" ;;
	esac
	"$home/bin/migrate" -path "$directory" -database "$url" up
}
