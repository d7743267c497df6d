version=4.33.0

install() {
	needs mvn
	cp "$here/liquibase/pom.xml" "$home"
	maven liquibase:help
}

maven() {
	mvn -q -B -f "$home/pom.xml" "-Dtool.version=$version" "$@"
}

migrate() {
	case $dialect in
	sqlite) url="jdbc:sqlite:$SQLITE" ;;
	postgres) url="jdbc:postgresql://$PGHOST:$PGPORT/$PGDATABASE?sslmode=disable" ;;
	esac
	maven liquibase:update "-Dliquibase.url=$url" "-Dliquibase.username=${PGUSER:-}" \
		"-Dliquibase.searchPath=$directory" -Dliquibase.changeLogFile=changelog.sql
}
