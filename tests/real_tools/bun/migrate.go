// migrate DIALECT URL DIRECTORY: lets bun apply what is there.
package main

import (
	"context"
	"database/sql"
	"log"
	"os"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"github.com/uptrace/bun/driver/pgdriver"
	"github.com/uptrace/bun/driver/sqliteshim"
	"github.com/uptrace/bun/migrate"
)

func open(dialect string, url string) *bun.DB {
	if dialect == "postgres" {
		return bun.NewDB(sql.OpenDB(pgdriver.NewConnector(pgdriver.WithDSN(url))), pgdialect.New())
	}
	connection, err := sql.Open(sqliteshim.ShimName, url)
	if err != nil {
		log.Fatal(err)
	}
	return bun.NewDB(connection, sqlitedialect.New())
}

func main() {
	context := context.Background()
	migrations := migrate.NewMigrations()
	if err := migrations.Discover(os.DirFS(os.Args[3])); err != nil {
		log.Fatal(err)
	}
	migrator := migrate.NewMigrator(open(os.Args[1], os.Args[2]), migrations)
	if err := migrator.Init(context); err != nil {
		log.Fatal(err)
	}
	if _, err := migrator.Migrate(context); err != nil {
		log.Fatal(err)
	}
}
