# Its engine as WebAssembly, with drivers in JavaScript: the other one is no part of the packages.
version=6.19.3

install() {
	needs npm
	npm install --silent --prefix "$home" --ignore-scripts "prisma@$version" \
		"@prisma/adapter-libsql@$version" @prisma/adapter-pg@7.10.1
}

migrate() {
	work=$(mktemp -d)
	mkdir "$work/prisma"
	cp -r "$directory" "$work/prisma/migrations"
	ln -s "$home/node_modules" "$work/node_modules"
	cp "$here/prisma/prisma.config.mjs" "$work"
	case $dialect in
	sqlite) provider=sqlite url="file:$SQLITE" ;;
	postgres) provider=postgresql url="postgres://$server" ;;
	esac
	printf 'provider = "%s"\n' $provider >"$work/prisma/migrations/migration_lock.toml"
	sed "s/PROVIDER/$provider/" "$here/prisma/schema.prisma" >"$work/prisma/schema.prisma"
	(cd "$work" && DIALECT=$dialect DATABASE_URL=$url CHECKPOINT_DISABLE=1 \
		node_modules/.bin/prisma migrate deploy) || { rm -rf "$work"; return 1; }
	rm -rf "$work"
}
