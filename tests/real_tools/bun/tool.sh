# bun is a library: migrate.go calls it.
version=1.3.0

install() {
	needs go
	mkdir -p "$home/bin" "$home/source"
	cp "$here/bun/migrate.go" "$home/source/main.go"
	cd "$home/source"
	printf 'module tools\n' >go.mod
	go get github.com/uptrace/bun@v$version github.com/uptrace/bun/dialect/pgdialect@v$version \
		github.com/uptrace/bun/dialect/sqlitedialect@v$version \
		github.com/uptrace/bun/driver/pgdriver@v$version \
		github.com/uptrace/bun/driver/sqliteshim@v$version
	go mod tidy
	CGO_ENABLED=0 go build -o "$home/bin/migrate" .
}

migrate() {
	case $dialect in
	sqlite) "$home/bin/migrate" sqlite "file:$SQLITE" "$directory" ;;
	postgres) "$home/bin/migrate" postgres "postgres://$server?sslmode=disable" "$directory" ;;
	esac
}
