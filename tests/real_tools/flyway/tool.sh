version=11.14.0

install() {
	needs mvn
	cp "$here/flyway/pom.xml" "$home"
	maven -Dflyway.url=jdbc:sqlite::memory: flyway:info
}

maven() {
	mvn -q -B -f "$home/pom.xml" "-Dtool.version=$version" "$@"
}

migrate() {
	case $dialect in
	sqlite) url="jdbc:sqlite:$SQLITE" ;;
	postgres) url="jdbc:postgresql://$PGHOST:$PGPORT/$PGDATABASE?sslmode=disable" ;;
	esac
	maven flyway:migrate "-Dflyway.url=$url" "-Dflyway.user=${PGUSER:-}" \
		"-Dflyway.locations=filesystem:$directory"
}
