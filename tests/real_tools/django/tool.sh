version=5.2.19

install() {
	python "django==$version" psycopg2-binary
}

migrate() {
	DIALECT=$dialect PYTHONDONTWRITEBYTECODE=1 "$home/bin/django-admin" migrate \
		--pythonpath "$directory" --settings settings
}
