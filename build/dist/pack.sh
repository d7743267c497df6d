# pack.sh NAME DIRECTORY OUTPUT - DIRECTORY as a tarball in which everything is below NAME/.
# Nothing of this machine gets in: order, owners, modes and times are settled.  Needs GNU tar.
set -eu
tar --create --directory="$2" --format=ustar --sort=name --owner=0 --group=0 --numeric-owner \
	--mode=u=rwX,go=rX --mtime=1980-01-02T00:00:00Z --transform="s,^[.],$1," . |
	gzip -9 --no-name >"$3"
