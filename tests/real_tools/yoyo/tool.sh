version=9.0.0

install() {
	python "yoyo-migrations==$version" psycopg2-binary setuptools
}

migrate() {
	case $dialect in
	sqlite) url="sqlite:///$SQLITE" ;;
	postgres) url="postgresql://$server" ;;
	esac
	"$home/bin/yoyo" apply --batch --no-config-file --database "$url" "$directory"
}
