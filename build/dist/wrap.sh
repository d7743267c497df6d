# wrap.sh DIRECTORY FILE TARBALL - prints the Meson wrap for TARBALL, which is called FILE.
set -eu
hash=$(sha256sum "$3")
cat <<END
[wrap-file]
directory = $1
source_filename = $2
source_hash = ${hash%% *}

[provide]
dependency_names = inlay, inlay-sqlite, inlay-postgres
END
