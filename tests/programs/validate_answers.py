"""validate_answers.py OPENAPI DIRECTORY - is what ask_admin.sh got what OPENAPI says?

Every answer is held against its schema, the metrics are read by Prometheus' own client, and the
page has to be whole and to need nothing else.  Exit status: 0 it is, 1 it is not.
"""

import html.parser
import json
import pathlib
import sys

import jsonschema
from prometheus_client.parser import text_string_to_metric_families

ANSWERS = {
    "before.json": ("get", "status", "200"),
    "dry-run.json": ("post", "run", "200"),
    "run.json": ("post", "run", "200"),
    "rollback.json": ("post", "rollback", "200"),
    "status.json": ("get", "status", "200"),
    "history.json": ("get", "history", "200"),
    "wrong.json": ("post", "rollback", "400"),
    "nowhere.json": ("post", "rollback", "409"),
    "stranger.json": ("get", "status", "401"),
    "reader.json": ("post", "run", "403"),
    "missing.json": ("get", "status", "404"),
    "method.json": ("post", "run", "405"),
    "large.json": ("post", "run", "413"),
    "locked.json": ("post", "run", "409"),
    "held.json": ("get", "status", "200"),
    "unreachable.json": ("get", "status", "503"),
    "unreachable-run.json": ("post", "run", "503"),
}
CODES = {  # What error.code is; where nothing is wrong it is not there.
    "wrong.json": "bad_request",
    "nowhere.json": "INLAY_MISUSE",
    "stranger.json": "unauthorized",
    "reader.json": "forbidden",
    "missing.json": "not_found",
    "method.json": "method_not_allowed",
    "large.json": "too_large",
    "locked.json": "INLAY_LOCKED",
    "unreachable.json": "INLAY_UNREACHABLE",
    "unreachable-run.json": "INLAY_UNREACHABLE",
}
VOID = {"meta", "wbr"}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        assert tag not in ("script", "link", "img", "iframe", "form"), tag
        assert not {"src", "href"} & {name for name, _ in attrs}, attrs
        assert len(attrs) == len({name for name, _ in attrs}), attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag


def resolve(document, value):
    while "$ref" in value:
        found = document
        for name in value["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        value = found
    return value


def main():
    document = json.loads(pathlib.Path(sys.argv[1]).read_text())
    directory = pathlib.Path(sys.argv[2])
    assert {path.name for path in directory.glob("*.json")} == set(ANSWERS)
    for name, (method, path, status) in ANSWERS.items():
        operation = document["paths"]["/migrations/" + path][method]
        response = resolve(document, operation["responses"][status])
        schema = dict(response["content"]["application/json"]["schema"])
        schema["components"] = document["components"]
        answer = json.loads((directory / name).read_text())
        jsonschema.Draft202012Validator(schema).validate(answer)
        assert answer.get("error", {}).get("code") == CODES.get(name), (name, answer)
    families = list(text_string_to_metric_families((directory / "metrics.txt").read_text()))
    samples = {one.name: one.value for family in families for one in family.samples}
    assert samples["inlay_migrations_applied_total"] == 3, samples
    assert samples["inlay_migrations_rolled_back_total"] == 1, samples
    for name in ("page.html", "unreachable.html"):
        page = Page()
        text = (directory / name).read_text()
        page.feed(text)
        page.close()
        assert not page.open and "://" not in text and "url(" not in text, (name, page.open)


main()
