"""validate_sarif.py CACHE FILE... - are these files SARIF 2.1.0, by its official JSON schema?

The schema is not ours to copy: it comes out of a package of npm's registry, once, into CACHE.
Exit status: 0 they are, 1 they are not, 77 nobody knows (no jsonschema, no npm, no network).
"""

import hashlib
import json
import os
import subprocess
import sys
import tarfile
import tempfile

PACKAGE = "@microsoft/jest-sarif@1.0.0-beta.0"
MEMBER = "package/lib/schemas/sarif-2.1.0-rtm.5.json"  # The last draft, which became the standard.
SHA256 = "2d99159ae54a3eea97f81781cff48780548657c35949f4b7f25e99a2ba4de4f8"


def give_up(why):
    print("sarif: not validated:", why, file=sys.stderr)
    sys.exit(77)


def fetch(path):
    with tempfile.TemporaryDirectory() as work:
        try:
            out = subprocess.run(
                ["npm", "pack", "--silent", PACKAGE],
                cwd=work,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                timeout=120,
                check=True,
            )
        except (OSError, subprocess.SubprocessError) as error:
            give_up("npm could not fetch %s: %s" % (PACKAGE, error))
        archive = os.path.join(work, out.stdout.decode().split()[-1])
        with tarfile.open(archive) as tar:
            content = tar.extractfile(MEMBER).read()
    assert hashlib.sha256(content).hexdigest() == SHA256, "not the schema that is known"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    unfinished = "%s.%d" % (path, os.getpid())
    with open(unfinished, "wb") as out:
        out.write(content)
    os.replace(unfinished, path)


def main(cache, *paths):
    try:
        import jsonschema
    except ImportError:
        give_up("no jsonschema for this Python (apt-get install python3-jsonschema)")
    path = os.path.join(cache, os.path.basename(MEMBER))
    if not os.path.exists(path):
        fetch(path)
    with open(path, "rb") as schema:
        validator = jsonschema.Draft4Validator(
            json.load(schema), format_checker=jsonschema.FormatChecker()
        )
    wrong = 0
    for path in paths:
        with open(path, "rb") as instance:
            for error in validator.iter_errors(json.load(instance)):
                print("%s: %s: %s" % (path, list(error.absolute_path), error.message))
                wrong += 1
    sys.exit(wrong > 0)


main(*sys.argv[1:])
