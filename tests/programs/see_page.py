"""see_page.py URL KIND PICTURES - what a browser makes of examples/http-admin's page.

KIND is a state of admin_states.sh.  The page is held against what /status says, in light, in dark
and on a telephone; its pictures go to the directory PICTURES.  Exit status: 0 all is well, 1 it is
not.
"""

import json
import pathlib
import sys
import urllib.request

from chromium import Chromium
from PIL import Image

VIEWS = (("light", 1280), ("dark", 1280), ("light", 390))

FACTS = """(() => {
	const width = element => element.getBoundingClientRect().width;
	const rows = [...document.querySelector("tbody").rows].map(row => {
		const bar = row.querySelector(".took i");
		return {
			filename: row.querySelector(".file").textContent,
			state: row.querySelector(".badge").textContent,
			tone: getComputedStyle(row.querySelector(".badge")).color,
			took: row.querySelector(".took").textContent,
			bar: bar ? width(bar) / width(bar.parentNode) : null,
			room: bar ? (width(bar.parentNode) - parseFloat(
				getComputedStyle(bar.parentNode).paddingRight)) / width(bar.parentNode) : null,
		};
	});
	const body = getComputedStyle(document.body);
	return {
		rows: rows,
		banners: [...document.querySelectorAll(".banner")].map(one => one.innerText),
		counts: document.querySelector(".counts").innerText,
		scripts: document.scripts.length,
		width: document.documentElement.scrollWidth,
		hidden: [...document.querySelectorAll(".wide")].map(
			one => one.scrollWidth - one.clientWidth),
		paper: body.backgroundColor,
		ink: body.color,
		soft: getComputedStyle(document.querySelector("td.soft")).color,
	};
})()"""


def ask_status(url):
    request = urllib.request.Request(url + "/status", headers={"Authorization": "Bearer may-read"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def lightness(color):
    """Relative luminance, by WCAG 2."""
    parts = [int(part) / 255 for part in color[color.index("(") + 1 : -1].split(",")[:3]]
    parts = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, other):
    dark, light = sorted((lightness(one), lightness(other)))
    return (light + 0.05) / (dark + 0.05)


def is_blank(path):
    """Is nearly all of the picture of one color?"""
    with Image.open(path) as picture:
        colors = picture.convert("RGB").getcolors(picture.width * picture.height)
        return max(colors)[0] > 0.99 * picture.width * picture.height


def took(ms):
    return "%d ms" % ms if ms < 1000 else "%d.%d s" % (ms // 1000, ms % 1000 // 100)


def check_rows(rows, migrations):
    assert len(rows) == len(migrations) > 0
    longest = max(one["duration_ms"] or 0 for one in migrations)
    for row, migration in zip(rows, migrations):
        assert row["filename"] == migration["filename"], (row, migration)
        is_at_work = row["state"] == "at work" and migration["state"] == "interrupted"
        assert row["state"] == migration["state"] or is_at_work, (row, migration)
        if migration["duration_ms"] is None:
            assert row["bar"] is None and row["took"] == "", row
        else:
            share = migration["duration_ms"] / max(longest, 1)
            assert row["took"] == took(migration["duration_ms"]), row
            assert abs(row["bar"] - share * row["room"]) < 0.03, (row, share)


def check_page(facts, status, scheme, width):
    check_rows(facts["rows"], status["migrations"])
    assert facts["scripts"] == 0
    assert facts["width"] <= width and not any(facts["hidden"]), facts["hidden"]
    holders = [one for one in facts["banners"] if one.startswith("At work")]
    assert holders == (["At work " + status["holder"]] if status["holder"] else []), holders
    assert any(status["message"].split(";")[0] in one for one in facts["banners"]), facts
    assert (lightness(facts["paper"]) > 0.5) == (scheme == "light"), facts["paper"]
    for color in {facts["ink"], facts["soft"], *(row["tone"] for row in facts["rows"])}:
        assert contrast(color, facts["paper"]) >= 4.5, (color, facts["paper"])


def check_kind(kind, facts, status):
    states = {row["state"] for row in facts["rows"]}
    if kind == "at_work":
        assert states == {"applied", "at work", "pending"}, states
        assert "application deploy-42" in status["holder"], status["holder"]
        assert facts["counts"].split() == "10 applied 2 pending 1 at work".split(), facts
    elif kind == "all_wrong":
        assert states == {"applied", "edited", "missing", "interrupted", "pending"}, states
        assert not status["holder"]
    else:
        assert kind == "many" and len(facts["rows"]) == 60, kind


def show_that_it_can_fail(browser, pictures):
    """What the checks below look for, of a page that has it."""
    there = browser.open("data:text/html,<img src='http://127.0.0.1:1/there.png'>")
    assert "http://127.0.0.1:1/there.png" in there, there
    blank = pictures / "blank.png"
    browser.shoot(blank)
    assert is_blank(blank)
    blank.unlink()


def main():
    url, kind, pictures = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    page = url.replace("http://", "http://anybody:may-read@")
    with Chromium() as browser:
        show_that_it_can_fail(browser, pictures)
        for scheme, width in VIEWS:
            requests = browser.open(page, width=width, scheme=scheme)
            assert set(requests) <= {page, url}, requests
            assert browser.complaints() == [], browser.complaints()
            facts, status = browser.ask(FACTS), ask_status(url)
            check_page(facts, status, scheme, width)
            check_kind(kind, facts, status)
            picture = pictures / ("%s-%s-%d.png" % (kind, scheme, width))
            browser.shoot(picture)
            assert not is_blank(picture), picture


main()
