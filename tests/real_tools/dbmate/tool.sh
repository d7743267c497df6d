version=2.36.0

install() {
	needs npm
	npm install --silent --prefix "$home" "dbmate@$version"
}

migrate() {
	case $dialect in
	sqlite) url="sqlite:$SQLITE" ;;
	postgres) url="postgres://$server?sslmode=disable" ;;
	esac
	"$home/node_modules/.bin/dbmate" --url "$url" --migrations-dir "$directory" --no-dump-schema up
}
