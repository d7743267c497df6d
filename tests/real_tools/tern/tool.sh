version=2.3.4 # It knows PostgreSQL alone.

install() {
	golang "github.com/jackc/tern/v2@v$version"
}

migrate() {
	"$home/bin/tern" migrate --migrations "$directory" --conn-string \
		"postgres://$server?sslmode=disable"
}
