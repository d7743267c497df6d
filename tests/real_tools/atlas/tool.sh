# Its module is built as a part of one of ours: it has replacements, which `go install` refuses.
version=0.13.1

install() {
	needs go
	mkdir -p "$home/bin" "$home/source"
	cd "$home/source"
	printf 'module tools\n' >go.mod
	printf 'package tools\n\nimport _ "ariga.io/atlas/cmd/atlas"\n' >tools.go
	go get "ariga.io/atlas/cmd/atlas@v$version" golang.org/x/tools@v0.24.1
	go build -o "$home/bin/atlas" ariga.io/atlas/cmd/atlas
}

migrate() {
	case $dialect in
	sqlite) url="sqlite://$SQLITE" ;;
	postgres) url="postgres://$server?sslmode=disable&search_path=public" ;;
	esac
	"$home/bin/atlas" migrate hash --dir "file://$directory"
	"$home/bin/atlas" migrate apply --dir "file://$directory" --url "$url"
}
